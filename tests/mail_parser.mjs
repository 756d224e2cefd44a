// Reads messages (one a line, base64) and prints what nodemailer's mailparser makes of each (one a line, JSON).
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { join } from "node:path";

const require = createRequire(join(process.argv[2], "mailparser"));
const { simpleParser } = require("mailparser");
const people = (field) => (field ? field.value.map((one) => [one.name, one.address]) : []);

for await (const line of createInterface({ input: process.stdin })) {
  const mail = await simpleParser(Buffer.from(line, "base64"), { skipHtmlToText: true, skipTextToHtml: true });
  const told = {
    keys: mail.headerLines.map((header) => header.key),
    from: people(mail.from),
    to: people(mail.to),
    replyTo: people(mail.replyTo),
    subject: mail.subject ?? "",
    messageId: mail.messageId,
    list: mail.headerLines.filter((header) => header.key.startsWith("list-")).map((header) => header.line),
    text: mail.text ?? "",
    html: mail.html || "",
    files: mail.attachments.map((file) => [
      file.filename ?? "", file.contentType, file.cid ?? "", file.related ?? false, file.content.toString("base64"),
    ]),
  };
  process.stdout.write(JSON.stringify(told) + "\n");
}
