// Thirty texts that must never get into a log: persons and secrets of the shapes that come by. Put together from pieces,
// so that no scanner of repositories takes them for real ones.

const join = (...parts: string[]): string => parts.join('');
const key = 'Qm9yZGVyIG9mIHRoZSBzZWE3';

/** `secret` is the part of `text` that may not be seen. */
export const CANARIES: readonly { text: string; secret: string }[] = [
  { text: 'mail anna.lind@example.org now', secret: 'anna.lind@example.org' },
  { text: 'mail ANNA+shop@mail.example.co.uk', secret: 'ANNA+shop@mail' },
  { text: '?to=anna.lind%40example.org', secret: 'anna.lind%40example.org' },
  { text: 'jörg.müller@bücher.example', secret: 'jörg.müller@bücher' },
  { text: 'call +49 170 1234567', secret: '170 1234567' },
  { text: 'call +1 (555) 123-4567', secret: '123-4567' },
  { text: 'call 0170/1234567', secret: '1234567' },
  { text: 'call (555) 123-4567', secret: '123-4567' },
  { text: 'call 00441632960961', secret: '441632960961' },
  { text: 'card 4111 1111 1111 1111', secret: '1111 1111' },
  { text: 'card 378282246310005', secret: '378282246310005' },
  { text: 'card 5555-5555-5555-4444.', secret: '5555-4444' },
  { text: 'iban DE89 3704 0044 0532 0130 00', secret: '0532 0130' },
  { text: 'iban GB82WEST12345698765432 EUR', secret: 'WEST12345698765432' },
  { text: 'ssn 078-05-1120', secret: '078-05-1120' },
  { text: join('Authorization: Bearer ', key), secret: key },
  { text: join('authorization: Basic ', key, '=='), secret: key },
  { text: join('"authorization":"Bot ', key, '"'), secret: key },
  { text: join('eyJhbGciOiJIUzI1NiJ9', '.eyJzdWIiOiJhbm5hIn0.', key), secret: key },
  { text: join('AKIA', 'IOSFODNN7EXAMPLE'), secret: 'IOSFODNN7EXAMPLE' },
  { text: join('aws_secret_access_key=', 'wJalrXUtnFEMI/K7MDENG/', key), secret: key },
  { text: join('ghp', '_', key, key), secret: key },
  { text: join('xoxb', '-123456789012-', key), secret: key },
  { text: join('sk', '_live_', key), secret: key },
  { text: join('AIza', 'SyA-1234567890abcdefghijklmnopqrstuvw'), secret: '1234567890abcdefghij' },
  { text: join('-----BEGIN RSA PRIVATE', ' KEY-----\n', key, '\n-----END RSA PRIVATE', ' KEY-----'), secret: key },
  { text: join('postgres://anna:', key, '@db.example.org/x'), secret: key },
  { text: join('https://b.s3.amazonaws.com/k?X-Amz-Signature=', key, '&x=1'), secret: key },
  { text: join('password: "', key, '"'), secret: key },
  { text: join('https://hooks.slack.com/services/T000/B000/', key), secret: key },
  { text: join('routing_key=', 'e93facc04764012d7bfb002500d5d1a6'), secret: 'e93facc04764012d7bfb002500d5d1a6' },
];
