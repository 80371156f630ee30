// node run.mjs LIST RESULT: import one program after another and write down what each of them sent.
// LIST is JSON: [{"file": ..., "frames": base64 of the answer to play}]. The SDK speaks HTTP/2.
import { readFileSync, writeFileSync } from "node:fs";
import http2 from "node:http2";
import { pathToFileURL } from "node:url";

const [list, result] = process.argv.slice(2);
const received = [];
let frames;

async function record(request, response) {
  const parts = [];
  for await (const part of request) parts.push(part);
  received.push({ path: request.url, body: Buffer.concat(parts).toString("base64") });
  response.writeHead(200, { "content-type": "application/vnd.amazon.eventstream" });
  response.end(frames);
}

const server = http2.createServer(record);
await new Promise((ready) => server.listen(0, "127.0.0.1", ready));

const ran = [];
const write = process.stdout.write.bind(process.stdout);
for (const program of JSON.parse(readFileSync(list, "utf-8"))) {
  frames = Buffer.from(program.frames, "base64");
  received.length = 0;
  let printed = "";
  process.env.AWS_ENDPOINT_URL_BEDROCK_RUNTIME = `http://127.0.0.1:${server.address().port}`;
  process.stdout.write = (text) => ((printed += text), true);
  await import(pathToFileURL(program.file));
  process.stdout.write = write;
  ran.push({ received: [...received], printed, failed: process.exitCode ?? 0 });
}
writeFileSync(result, JSON.stringify(ran));
process.exit(0); // the programs' connections would stay open
