// What lies over the page: modal dialogs (the browser's own, which keeps the focus inside) and the drawer at the side.
import { type ReactNode, useEffect, useRef } from 'react';
import { Icon } from './icon.tsx';

type DialogProps = { label: string; className?: string; onClose: () => void; children: ReactNode };

/** Open for as long as it is rendered; Esc and a click beside it close it. Focus goes back to where it was. */
export function Dialog({ label, className = '', onClose, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const before = document.activeElement as HTMLElement | null;
    dialog.current?.showModal();
    return () => before?.focus?.();
  }, []);
  useEffect(() => {
    const element = dialog.current;
    const beside = (event: PointerEvent): void => {
      if (event.target === element) onClose();
    };
    element?.addEventListener('pointerdown', beside);
    return () => element?.removeEventListener('pointerdown', beside);
  }, [onClose]);
  return (
    <dialog
      ref={dialog}
      className={`dialog ${className}`}
      aria-label={label}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      {children}
    </dialog>
  );
}

type DrawerProps = { label: string; head: ReactNode; onClose: () => void; children: ReactNode };

/** Beside the page, not over its work: the list or graph stays usable. A sheet over everything on a phone. */
export function Drawer({ label, head, onClose, children }: DrawerProps) {
  const close = useRef(onClose);
  close.current = onClose;
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const busy = document.querySelector('dialog[open], [role=menu]');
      if (event.key === 'Escape' && !busy && !event.defaultPrevented) close.current();
    };
    addEventListener('keydown', onKey);
    document.documentElement.classList.add('with-drawer');
    return () => {
      removeEventListener('keydown', onKey);
      document.documentElement.classList.remove('with-drawer');
    };
  }, []);
  return (
    <aside className="drawer" aria-label={label}>
      <header className="drawer-head">
        <div>{head}</div>
        <button type="button" className="ghost square" aria-label="Close" data-tip="Close (Esc)" onClick={onClose}>
          <Icon name="cross" />
        </button>
      </header>
      <div className="drawer-body">{children}</div>
    </aside>
  );
}
