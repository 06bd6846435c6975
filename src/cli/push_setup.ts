import { hostname } from "node:os";
import { httpClientFile, PLAIN_HTTP_CLIENT } from "../config/http_client.ts";
import type { Log } from "../log.ts";
import { createClient } from "../push/client.ts";
import { createOtlp } from "../push/otlp.ts";
import type { Protocol } from "../push/protocol.ts";
import { createPusher, type Pages, type Pusher } from "../push/pusher.ts";
import { createPushgateway } from "../push/pushgateway.ts";
import { createRecord } from "../push/record.ts";
import { createRemoteWrite } from "../push/remote_write.ts";
import { openSpool } from "../push/spool.ts";
import type { Host } from "./host.ts";
import type { PushFlags } from "./push_flags.ts";
import { exporterMetricsOf } from "./web_flags.ts";

export type PushOptions = {
  readonly flags: PushFlags & Parameters<typeof exporterMetricsOf>[0];
  readonly url: URL;
  readonly version: string;
  readonly environment: Host["environment"];
  readonly pages: Pages;
  /** Results younger than this are pushed without another run. */
  readonly freshMs: number;
  readonly log: Log;
};

/**
 * Sets up pushing by the flags. Loaded only if something is pushed.
 * Rejects with an Error in one line where the configuration file or the spool can't be used.
 */
export async function openPusher(options: PushOptions): Promise<Pusher> {
  const { flags, url, version, environment, pages, freshMs, log } = options;
  const { pushConfigFile: file, pushSpool: directory, pushQueueBytes: maxBytes, pushQueueAgeMs: maxAgeMs } = flags;
  const settings = file === undefined ? async () => PLAIN_HTTP_CLIENT : httpClientFile(file, { environment });
  await settings();
  const record = createRecord();
  const failed = () => {
    record.spoolErrors += 1;
  };
  return createPusher({
    pages,
    protocol: protocolOf(flags, url, version),
    client: createClient({ timeoutMs: flags.pushTimeoutMs, userAgent: `memory_exporter/${version}`, settings }),
    maxBytes,
    maxAgeMs,
    spool: directory === undefined ? undefined : await openSpool({ directory, maxBytes, log, failed }),
    record,
    freshMs,
    startedMs: Math.round(performance.timeOrigin),
    ownMetrics: exporterMetricsOf(flags) !== "none",
    log,
  });
}

function protocolOf(flags: PushFlags, url: URL, version: string): Protocol {
  const { pushJob: job, pushMethod: method, pushDeleteOnExit: deletes } = flags;
  const instance = hostname();
  switch (flags.pushProtocol) {
    case "pushgateway": {
      const grouping = flags.pushGrouping ?? { instance };
      return createPushgateway({ url, job, grouping, labels: flags.pushLabels ?? {}, method, deletes });
    }
    case "remote-write": {
      const labels = { instance, ...flags.pushLabels, job };
      return createRemoteWrite({ url, labels, version: flags.pushRemoteWriteVersion });
    }
    case "otlp": {
      const { instance: id = instance, ...labels } = flags.pushLabels ?? {};
      const attributes = {
        "service.name": job,
        "service.instance.id": id,
        "host.name": instance,
        ...flags.pushOtlpAttributes,
      };
      return createOtlp(url, { attributes, labels, scope: { name: "memory_exporter", version } });
    }
  }
}
