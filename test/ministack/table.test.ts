// The table port's contract on MiniStack's DynamoDB: a second engine beside the one of the unit tests.
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createHouseTable } from '../../functions/common/dynoxide.test-support.ts';
import { tableContract } from '../../functions/common/table.contract.ts';
import { dynamoTables } from '../../functions/common/table-dynamodb.ts';

tableContract('DynamoDB (MiniStack)', async () => {
  const client = new DynamoDBClient({ maxAttempts: 1 });
  await createHouseTable(client, 'contract');
  return { tables: dynamoTables(client), table: 'contract' };
});
