import { test } from "uvu";
import * as assert from "uvu/assert";
import { LIBC } from "./ways.ts";

// That what is sent arrives is tested from outside, with a socket that receives it: test/contract/service_manager.test.ts.
const send = LIBC?.sendDatagram;

test("what can't be sent is told, whatever the address is", () => {
  for (const address of ["", "@", "/nonexistent/socket", "/dev/null", `@${"x".repeat(200)}`, `/${"x".repeat(107)}`]) {
    assert.is(send?.(address, "READY=1"), false, address);
  }
});

test.run();
