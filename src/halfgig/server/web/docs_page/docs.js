"use strict";
// Shows /openapi.json and sends requests: no library, nothing from other hosts.
const LONGEST_SHOWN = 20000;
let api;

function make(name, props = {}, ...children) {
  const node = Object.assign(document.createElement(name), props);
  node.append(...children);
  return node;
}

function resolved(schema) {
  if (!schema) return {};
  if (!schema.$ref) return schema;
  return schema.$ref.split("/").slice(1).reduce((at, key) => at[key], api);
}

function typeOf(given) {
  const schema = resolved(given);
  if (schema.enum) return schema.enum.map((each) => JSON.stringify(each)).join(" | ");
  if ("const" in schema) return JSON.stringify(schema.const);
  const several = schema.anyOf || schema.oneOf;
  if (several) return several.map(typeOf).join(" or ");
  if (schema.type === "array") return `list of ${typeOf(schema.items)}`;
  if (schema.format === "binary" || schema.contentMediaType) return "file";
  return schema.type || "any";
}

function isFile(given) {
  const schema = resolved(given);
  return typeOf(schema).includes("file");
}

function example(given, name = "") {
  const schema = resolved(given);
  const known = { input: "Hello from half a gigabyte.", model: "tts-1", voice: "alloy", prompt: "Hello from half a gigabyte." };
  if ("default" in schema) return schema.default;
  if (name in known) return known[name];
  if (schema.enum) return schema.enum[0];
  if (schema.anyOf) return example(schema.anyOf[0]);
  return { string: "", number: 1, integer: 1, boolean: false, array: [], object: {} }[schema.type] ?? null;
}

function bounds(given) {
  const schema = resolved(given);
  const parts = [];
  if (schema.minimum !== undefined) parts.push(`from ${schema.minimum}`);
  if (schema.maximum !== undefined) parts.push(`to ${schema.maximum}`);
  if (schema.default !== undefined && schema.default !== null) parts.push(`default ${JSON.stringify(schema.default)}`);
  return parts.length ? ` (${parts.join(", ")})` : "";
}

function fieldTable(rows) {
  const head = make("tr", {}, ...["field", "type", "description"].map((text) => make("th", { textContent: text })));
  const lines = rows.map(([name, schema, required, text]) => make("tr", {},
    make("td", {}, make("code", { textContent: name }), required ? " *" : ""),
    make("td", { textContent: typeOf(schema) + bounds(schema) }),
    make("td", { textContent: text || "" })));
  return make("table", {}, head, ...lines);
}

function fieldsOf(schema) {
  const whole = resolved(schema);
  return Object.entries(whole.properties || {}).map(([name, one]) =>
    [name, one, (whole.required || []).includes(name), one.description || resolved(one).description]);
}

function labelled(label, control) {
  return make("label", {}, label, control);
}

function bodyForm(operation) {
  const content = operation.requestBody?.content || {};
  const [type, body] = Object.entries(content).find(([kind]) => kind.startsWith("multipart")) || Object.entries(content)[0] || [];
  if (!type) return { nodes: [], read: () => ({}) };
  const fields = fieldsOf(body.schema);
  const table = fieldTable(fields);
  if (!type.startsWith("multipart")) {
    const start = Object.fromEntries(fields.filter(([, , required]) => required).map(([name, one]) => [name, example(one, name)]));
    const text = make("textarea", { value: JSON.stringify(start, null, 2), spellcheck: false });
    return { nodes: [table, labelled(`body, ${type}`, text)], read: () => ({ body: text.value, headers: { "content-type": type } }) };
  }
  const inputs = fields.map(([name, one, required]) =>
    [name, make("input", isFile(one) ? { type: "file" } : { value: required ? example(one, name) : "" })]);
  return {
    nodes: [table, ...inputs.map(([name, input]) => labelled(name, input))],
    read: () => {
      const form = new FormData();
      for (const [name, input] of inputs) {
        if (input.type === "file") { if (input.files[0]) form.append(name, input.files[0]); }
        else if (input.value !== "") form.append(name, input.value);
      }
      return { body: form };
    },
  };
}

function urlFrom(path, inputs) {
  const query = new URLSearchParams();
  let url = path;
  for (const [parameter, input] of inputs) {
    if (parameter.in === "path") url = url.replace(`{${parameter.name}}`, encodeURIComponent(input.value));
    else if (parameter.in === "query" && input.value !== "") query.append(parameter.name, input.value);
  }
  return query.size ? `${url}?${query}` : url;
}

async function show(response, output) {
  const type = response.headers.get("content-type") || "";
  const head = `${response.status} ${response.statusText}\n${[...response.headers].map((pair) => pair.join(": ")).join("\n")}`;
  output.replaceChildren(make("pre", { textContent: head }));
  const element = { audio: "audio", video: "video", image: "img" }[type.split("/")[0]];
  if (element) {
    const blob = await response.blob();
    const src = URL.createObjectURL(blob);
    output.append(make(element, { src, controls: true }), make("a", { href: src, download: "", textContent: `download ${blob.size} bytes` }));
    return;
  }
  const body = make("pre");
  output.append(body);
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  for (let part; reader && !(part = await reader.read()).done;) {
    if (body.textContent.length < LONGEST_SHOWN) body.textContent += part.value;
  }
  if (type.includes("json")) try { body.textContent = JSON.stringify(JSON.parse(body.textContent), null, 2); } catch { /* truncated */ }
}

async function send(method, url, request, output, stop) {
  const key = document.getElementById("key").value;
  const headers = { ...request.headers, ...(key ? { authorization: `Bearer ${key}` } : {}) };
  output.replaceChildren(make("pre", { textContent: "waiting…" }));
  try {
    await show(await fetch(url, { method, headers, body: request.body, signal: stop.signal }), output);
  } catch (error) {
    output.append(make("pre", { textContent: String(error) }));
  }
}

function operationNode(path, method, operation) {
  const inputs = (operation.parameters || []).filter((each) => each.in !== "header").map((parameter) =>
    [parameter, make("input", { value: example(parameter.schema, parameter.name) ?? "" })]);
  const form = bodyForm(operation);
  const output = make("output");
  let stop = new AbortController();
  const go = make("button", { textContent: "Send" });
  const halt = make("button", { textContent: "Stop" });
  go.onclick = () => {
    stop.abort();
    stop = new AbortController();
    send(method, urlFrom(path, inputs), form.read(), output, stop);
  };
  halt.onclick = () => stop.abort();
  const responses = Object.entries(operation.responses || {}).map(([status, one]) => `${status}: ${one.description}`).join("\n");
  return make("details", {},
    make("summary", {}, make("b", { textContent: method }), make("code", { textContent: path }), operation.description || operation.summary || ""),
    make("div", {}, ...inputs.map(([parameter, input]) => labelled(`${parameter.name} (${parameter.in})`, input)),
      ...form.nodes, go, halt, output, make("details", {}, make("summary", { textContent: "Responses" }), make("pre", { textContent: responses }))));
}

function render() {
  document.getElementById("version").textContent = api.info.version;
  document.getElementById("summary").textContent = api.info.summary || "";
  const groups = {};
  for (const [path, methods] of Object.entries(api.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      (groups[(operation.tags || ["other"])[0]] ||= []).push(operationNode(path, method.toUpperCase(), operation));
    }
  }
  document.getElementById("operations").replaceChildren(
    ...Object.entries(groups).flatMap(([name, nodes]) => [make("h2", { textContent: name }), ...nodes]));
}

fetch("/openapi.json").then((response) => response.json()).then((found) => { api = found; render(); })
  .catch((error) => { document.getElementById("operations").textContent = `/openapi.json cannot be read: ${error}`; });
