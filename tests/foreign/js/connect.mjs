// Reads and writes the items of a Connect server with 1Password's own client: one request as JSON in the first argument,
// the answer as JSON on stdout. Address and token come from the environment.

import { OnePasswordConnect } from "@1password/connect";

// The client wants the times that it has given back as they came: as dates.
const dated = (name, value) => (["createdAt", "updatedAt"].includes(name) ? new Date(value) : value);
const { method, parameters } = JSON.parse(process.argv[2], dated);
const connect = OnePasswordConnect({
  serverURL: process.env.OP_CONNECT_HOST,
  token: process.env.OP_CONNECT_TOKEN,
  keepAlive: false,
});
try {
  console.log(JSON.stringify({ answer: (await connect[method](...parameters)) ?? null }));
} catch (error) {
  console.log(JSON.stringify({ error: { status: error.status, message: error.message } }));
}
