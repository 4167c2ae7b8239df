// Reads and writes CircleCI's contexts and variables with circle-client: one request as JSON in the first argument, the
// answer as JSON on stdout. Address and token come from the environment.

import client from "circle-client";

const CircleCI = client.default;
CircleCI.baseUrl = `${process.env.CIRCLE_HOST}/api/v2`;
const { method, parameters } = JSON.parse(process.argv[2]);
const circleci = new CircleCI(process.env.CIRCLE_TOKEN, ["github", "acme", "storefront"]);
console.log(JSON.stringify((await circleci[method](...parameters)) ?? null));
