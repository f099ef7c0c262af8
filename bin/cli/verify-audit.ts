// The rules of the audit, online and offline the same: those of the script that auditors take home.
export * from '../verify-audit-export.mjs';
