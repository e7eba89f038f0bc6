// CSV (RFC 4180) of a table that the page worked out itself, and saving it as a file.

const cell = (value) => {
  const text = String(value ?? "");
  // A spreadsheet would take such a cell for a formula.
  const safe = typeof value !== "number" && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};

export const toCsv = (rows) => rows.map((row) => `${row.map(cell).join(",")}\n`).join("");

export function save(name, blob) {
  const address = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
