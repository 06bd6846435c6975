import { test } from "uvu";
import * as assert from "uvu/assert";
import { onDeno } from "../../src/web/runtime.ts";
import { systemdSockets } from "../../src/web/systemd.ts";
import { testWhere } from "../tools.ts";

testWhere(onDeno())("sockets of systemd are refused on Deno", () => {
  assert.throws(() => systemdSockets({ LISTEN_PID: "42", LISTEN_FDS: "1" }, 42), /can't be used on Deno/);
});

const onlyNode = testWhere(!onDeno());

onlyNode("systemdSockets() tells the descriptors that are meant for this process", () => {
  assert.equal(systemdSockets({ LISTEN_PID: "42", LISTEN_FDS: "1" }, 42), [3]);
  assert.equal(systemdSockets({ LISTEN_PID: "42", LISTEN_FDS: "3", LISTEN_FDNAMES: "a:b:c" }, 42), [3, 4, 5]);
});

onlyNode("systemdSockets() throws where there are none", () => {
  for (const environment of [
    {},
    { LISTEN_FDS: "1" },
    { LISTEN_PID: "43", LISTEN_FDS: "1" },
    { LISTEN_PID: "42", LISTEN_FDS: "0" },
    { LISTEN_PID: "42", LISTEN_FDS: "-1" },
    { LISTEN_PID: "42", LISTEN_FDS: "1 " },
    { LISTEN_PID: "42", LISTEN_FDS: "99999" },
    { LISTEN_PID: "42", LISTEN_FDS: "" },
  ]) {
    assert.throws(
      () => systemdSockets(environment, 42),
      /^no socket activation file descriptors found \(LISTEN_FDS\), wanted /,
    );
  }
});

test.run();
