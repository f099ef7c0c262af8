// The XML that S3 speaks.
type Xml = { [element: string]: string | number | boolean | Xml | Xml[] | undefined };

/** An XML document; a list repeats its element, undefined leaves it out. */
export function xmlDocument(root: string, content: Xml): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${root}>${elements(content)}</${root}>`;
}

function elements(content: Xml): string {
  return Object.entries(content)
    .flatMap(([name, value]) => (Array.isArray(value) ? value.map((one) => element(name, one)) : element(name, value)))
    .join('');
}

function element(name: string, value: Xml[string]): string {
  if (value === undefined) return '';
  const inner = typeof value === 'object' ? elements(value as Xml) : escaped(String(value));
  return `<${name}>${inner}</${name}>`;
}

/** Control characters have no place in XML; keys that hold some are asked for with encoding-type=url. */
function escaped(text: string): string {
  return text.replace(/[&<>"'\r]/g, (character) => `&#${character.charCodeAt(0)};`);
}
