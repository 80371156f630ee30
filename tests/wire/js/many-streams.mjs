// node many-streams.mjs COUNT LEAVE MODEL BODY: COUNT streams, four at a time, with the SDK's default handler. With
// LEAVE "true" each is left after its third chunk. Prints how many were whole (or were left), and the distinct texts.
import {
  BedrockRuntimeClient,
  InvokeModelWithResponseStreamCommand,
} from "@aws-sdk/client-bedrock-runtime";

const [count, leave, modelId, body] = process.argv.slice(2);
const client = new BedrockRuntimeClient({ region: "us-east-1" });
const texts = new Set();
let [started, done] = [0, 0];

async function stream() {
  const abort = new AbortController();
  const command = new InvokeModelWithResponseStreamCommand({ modelId, body, contentType: "application/json" });
  const response = await client.send(command, { abortSignal: abort.signal });
  let [text, chunks, whole] = ["", 0, false];
  for await (const event of response.body) {
    const part = JSON.parse(new TextDecoder().decode(event.chunk.bytes)).outputs[0];
    text += part.text;
    whole ||= part.stop_reason !== null;
    if (++chunks === 3 && leave === "true") {
      done += 1;
      abort.abort();
      return;
    }
  }
  if (whole) {
    done += 1;
    texts.add(text);
  }
}

async function caller() {
  while (started++ < Number(count)) await stream();
}

await Promise.all([caller(), caller(), caller(), caller()]);
console.log(`${done} ${texts.size}`);
process.stdin.on("close", () => process.exit(0)).resume(); // the connections stay open until stdin ends
