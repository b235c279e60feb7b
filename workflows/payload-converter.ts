/**
 * How payloads become values in workflows: as the SDK does it, except for JSON that a person typed. What is no JSON reaches the workflow
 * as text, which refuses it and says what to write; the SDK would try to decode it again and again. `json/protobuf`, the other encoding
 * that the Web UI offers, is read as JSON.
 */
import { defaultPayloadConverter, type Payload, type PayloadConverter } from '@temporalio/workflow';

const TYPED = ['json/plain', 'json/protobuf'];

export const payloadConverter: PayloadConverter = {
  toPayload: (value, ...more) => defaultPayloadConverter.toPayload(value, ...more),
  fromPayload<T>(payload: Payload): T {
    if (!TYPED.includes(textOf(payload.metadata?.encoding)))
      return defaultPayloadConverter.fromPayload<T>(payload);
    const text = textOf(payload.data);
    try {
      return JSON.parse(text) as T;
    } catch {
      return text as T;
    }
  },
};

/** Empty bytes may be an empty list. */
function textOf(bytes: Uint8Array | null | undefined): string {
  return bytes?.length ? new TextDecoder().decode(bytes) : '';
}
