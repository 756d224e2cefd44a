// Reads a list of messages (base64) and answers how nodemailer's parser understands each.
const { simpleParser } = require("mailparser");

const address = (field) => (field ? field.value.map((one) => ({ name: one.name, address: one.address })) : []);

async function understand(message) {
  const mail = await simpleParser(Buffer.from(message, "base64"), { skipTextToHtml: true, skipHtmlToText: true });
  return {
    subject: mail.subject || "",
    from: address(mail.from),
    to: address(mail.to),
    id: mail.messageId || "",
    list: mail.headers.get("list") || {},
    html: mail.html || "",
    text: mail.text || "",
    files: mail.attachments.map((file) => ({
      name: file.filename || "", type: file.contentType, cid: file.cid || "", data: file.content.toString("base64"),
    })),
  };
}

module.exports = async (messages) => Promise.all(messages.map(understand));
