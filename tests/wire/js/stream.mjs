// node stream.mjs HANDLER MODEL_ID BODY: print the chunks of a streamed answer, one JSON document a line.
// HANDLER is "default" (the SDK's own, HTTP/2 with prior knowledge) or "http1" (NodeHttpHandler).
import {
  BedrockRuntimeClient,
  InvokeModelWithResponseStreamCommand,
} from "@aws-sdk/client-bedrock-runtime";
import { NodeHttpHandler } from "@smithy/node-http-handler";

const [handler, modelId, body] = process.argv.slice(2);
const client = new BedrockRuntimeClient(handler === "http1" ? { requestHandler: new NodeHttpHandler() } : {});

try {
  const response = await client.send(
    new InvokeModelWithResponseStreamCommand({ modelId, body, contentType: "application/json" }),
  );
  for await (const event of response.body) {
    console.log(new TextDecoder().decode(event.chunk.bytes));
  }
} catch (error) {
  console.error(`${error.name}: ${error.message}`);
  process.exitCode = 1;
}
