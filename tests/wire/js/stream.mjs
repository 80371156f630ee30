// node stream.mjs MODEL_ID BODY: print the chunks of a streamed answer, one JSON document a line.
import {
  BedrockRuntimeClient,
  InvokeModelWithResponseStreamCommand,
} from "@aws-sdk/client-bedrock-runtime";
import { NodeHttpHandler } from "@smithy/node-http-handler";

const [modelId, body] = process.argv.slice(2);
// The SDK's default is HTTP/2 without TLS, which a loopback HTTP/1.1 server does not speak.
const client = new BedrockRuntimeClient({ requestHandler: new NodeHttpHandler() });

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
