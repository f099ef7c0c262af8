// One fact of a head: its name in grey, its value beside it.
import type { ReactNode } from 'react';

export function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <span className="fact">
      <span className="muted">{name}</span> {children}
    </span>
  );
}
