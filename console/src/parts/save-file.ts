// Hands a text to the reader as a file; it never leaves the browser on the way.

export function saveFile(name: string, text: string, mediaType = 'text/plain;charset=utf-8'): void {
  const url = URL.createObjectURL(new Blob([text], { type: mediaType }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
