// S3: buckets whose objects are files below the data folder.

import { type Host, physicalName, type ResourceFactory, type Service } from '../service.ts';
import { type Buckets, s3Api } from './s3/api.ts';
import { BucketStore } from './s3/bucket-store.ts';
import type { CorsRule } from './s3/cors.ts';
import { lockOf } from './s3/object-lock.ts';

const bucketsOf = (host: Host): Buckets =>
  host.shared('s3-buckets', () => ({ names: new Set<string>(), cors: new Map(), store: new BucketStore(host) }));

const bucketFactory: ResourceFactory = {
  type: 'AWS::S3::Bucket',
  async create(resource, host) {
    const name = String(resource.properties.BucketName ?? physicalName(resource, 63).toLowerCase());
    // the name becomes a folder
    if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name))
      throw new Error(`${resource.logicalId}: ${name} is no bucket name`);
    const { names, cors, store } = bucketsOf(host);
    await store.prepare(name, lockOf(resource.properties, resource.logicalId));
    names.add(name);
    const { CorsRules } = (resource.properties.CorsConfiguration ?? {}) as { CorsRules?: CorsRule[] };
    cors.set(name, CorsRules ?? []);
    return {
      ref: name,
      attributes: {
        Arn: `arn:aws:s3:::${name}`,
        DomainName: `${name}.s3.amazonaws.com`,
        RegionalDomainName: `${name}.s3.${host.region}.amazonaws.com`,
      },
    };
  },
};

export const service: Service = { factories: [bucketFactory], apis: [s3Api(bucketsOf)] };
