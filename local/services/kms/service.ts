// KMS: the template's asymmetric signing keys, with private keys of this runtime's own.
import { arnOf, type Host, physicalName, type ResourceFactory, type Service } from '../../service.ts';
import { type Keys, kmsApi } from './api.ts';
import { keyIn } from './key-store.ts';

const keysOf = (host: Host): Keys => host.shared('kms-keys', () => new Map());

const keyFactory: ResourceFactory = {
  type: 'AWS::KMS::Key',
  async create(resource, host) {
    const { KeySpec, KeyUsage, Enabled = true, Description = '' } = resource.properties;
    const id = physicalName(resource);
    const arn = arnOf('kms', `key/${id}`);
    // Encryption at rest is the choice of the disk's owner: a key for it has a name here, and nothing to do.
    if (KeyUsage === 'SIGN_VERIFY') {
      if (KeySpec !== 'ECC_NIST_P256') throw new Error(`${resource.logicalId}: keys of ${KeySpec} are not covered`);
      const privateKey = keyIn(host.dataDir, id);
      const enabled = String(Enabled) === 'true';
      keysOf(host).set(id, { id, arn, description: String(Description), enabled, privateKey });
    }
    return { ref: id, attributes: { Arn: arn, KeyId: id } };
  },
};

export const service: Service = { factories: [keyFactory], apis: [kmsApi(keysOf)] };
