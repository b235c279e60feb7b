/** A collector of traces on a free port of this machine: takes OTLP over HTTP in protobuf, and keeps the spans. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import protobuf from 'protobufjs';

export interface ReceivedSpan {
  readonly service: string;
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  /** Empty: the trace begins with it. */
  readonly parentSpanId: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** 0 unset, 1 fine, 2 an error. */
  readonly status: number;
  readonly startNs: bigint;
  readonly endNs: bigint;
}

export interface OtlpReceiver {
  readonly url: string;
  readonly spans: readonly ReceivedSpan[];
  close(): Promise<void>;
}

/** What is used of opentelemetry/proto/collector/trace/v1/trace_service.proto. */
const SCHEMA = `
syntax = "proto3";
message Request { repeated ResourceSpans resource_spans = 1; }
message ResourceSpans { Resource resource = 1; repeated ScopeSpans scope_spans = 2; }
message Resource { repeated KeyValue attributes = 1; }
message ScopeSpans { repeated Span spans = 2; }
message Span {
  bytes trace_id = 1; bytes span_id = 2; bytes parent_span_id = 4; string name = 5;
  fixed64 start_time_unix_nano = 7; fixed64 end_time_unix_nano = 8;
  repeated KeyValue attributes = 9; Status status = 15;
}
message Status { string message = 2; int32 code = 3; }
message KeyValue { string key = 1; AnyValue value = 2; }
message AnyValue { oneof value { string string_value = 1; bool bool_value = 2; int64 int_value = 3; double double_value = 4; } }
`;
const REQUEST = protobuf.parse(SCHEMA).root.lookupType('Request');

export async function startOtlpReceiver(): Promise<OtlpReceiver> {
  const spans: ReceivedSpan[] = [];
  const server = createServer(async (request, response) => {
    const isExpected = request.url === '/v1/traces' && request.method === 'POST';
    if (isExpected) spans.push(...spansIn(await buffer(request)));
    response.writeHead(isExpected ? 200 : 404, { 'content-type': 'application/x-protobuf' }).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    spans,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

interface Attribute {
  readonly key: string;
  readonly value?: Readonly<Record<string, unknown>>;
}

function spansIn(body: Buffer): ReceivedSpan[] {
  const exported = REQUEST.toObject(REQUEST.decode(body), { longs: String, defaults: false });
  return (exported.resourceSpans ?? []).flatMap(
    // biome-ignore lint/suspicious/noExplicitAny: as decoded
    ({ resource, scopeSpans = [] }: any) => {
      const service = String(valuesOf(resource?.attributes)['service.name']);
      // biome-ignore lint/suspicious/noExplicitAny: as decoded
      return scopeSpans.flatMap(({ spans = [] }: any) => spans.map((span: any) => read(service, span)));
    },
  );
}

// biome-ignore lint/suspicious/noExplicitAny: as decoded
function read(service: string, span: any): ReceivedSpan {
  const hex = (bytes: Uint8Array = new Uint8Array()) => Buffer.from(bytes).toString('hex');
  return {
    ...{ service, name: span.name, attributes: valuesOf(span.attributes), status: span.status?.code ?? 0 },
    ...{ traceId: hex(span.traceId), spanId: hex(span.spanId), parentSpanId: hex(span.parentSpanId) },
    ...{ startNs: BigInt(span.startTimeUnixNano), endNs: BigInt(span.endTimeUnixNano) },
  };
}

function valuesOf(attributes: readonly Attribute[] = []): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value = {} }) => [key, Object.values(value)[0]]));
}
