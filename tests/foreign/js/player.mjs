// Plays calls with the AWS SDK for JavaScript: a call as JSON on each line of stdin, its answer on a line of stdout.
//
// Endpoint and credentials come from the environment, as they do for anybody who uses the SDK.

import * as readline from "node:readline";
import * as iam from "@aws-sdk/client-iam";
import * as sts from "@aws-sdk/client-sts";

const once = { maxAttempts: 1, requestHandler: { requestTimeout: 30_000 } };
const sdks = {
  iam: { module: iam, client: new iam.IAMClient(once) },
  sts: { module: sts, client: new sts.STSClient(once) },
};

async function ask({ service, operation, parameters }) {
  const { module, client } = sdks[service];
  return client.send(new module[`${operation}Command`](parameters));
}

async function pages({ operation, parameters, size }) {
  const paginate = iam[`paginate${operation}`];
  if (!paginate) return null;
  const all = [];
  for await (const page of paginate({ client: sdks.iam.client, pageSize: size }, parameters)) all.push(page);
  return all;
}

async function wait({ waiter, parameters, seconds }) {
  const { state } = await iam[waiter]({ client: sdks.iam.client, maxWaitTime: seconds, minDelay: 1 }, parameters);
  return state;
}

const requests = { ask, pages, wait };

for await (const line of readline.createInterface({ input: process.stdin })) {
  const { request, ...details } = JSON.parse(line);
  let said;
  try {
    said = { answer: await requests[request](details) };
  } catch (error) {
    // What IAM refuses has its code; anything else is a mistake of the test or of this file.
    said = error.$metadata ? { code: error.Code ?? error.name, message: error.message } : { broken: String(error.stack) };
  }
  process.stdout.write(`${JSON.stringify(said)}\n`);
}
