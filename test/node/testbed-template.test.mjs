/**
 * template.json without AWS: what `sam validate` and CloudFormation would refuse of what it uses, and what it must not
 * allow. It is JSON so that the local HTTP API, the local tables and this test read the very file that is deployed.
 */
import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { routesOf } from '../../demo/meeting/server/local-gateway.mjs';
import { loadHandlers, readTemplate } from '../../demo/meeting/server/local-serverless.mjs';
import { ROOT } from '../../scripts/paths.mjs';

const FOLDER = join(ROOT, 'demo/meeting/serverless');
/** Of what the template uses: required properties, then others that there are, as the references of AWS list them. */
const PROPERTIES = {
  'AWS::DynamoDB::Table': [['KeySchema', 'AttributeDefinitions'], ['BillingMode', 'TimeToLiveSpecification']],
  'AWS::Serverless::HttpApi': [[], ['CorsConfiguration', 'DefaultRouteSettings']],
  'AWS::Serverless::Function': [['Handler'], ['Description', 'Policies', 'Events', 'CodeUri', 'Runtime', 'Architectures', 'MemorySize', 'Timeout', 'Environment']],
  'AWS::S3::Bucket': [[], ['PublicAccessBlockConfiguration']],
  'AWS::S3::BucketPolicy': [['Bucket', 'PolicyDocument'], []],
  'AWS::CloudFront::OriginAccessControl': [['OriginAccessControlConfig'], []],
  'AWS::CloudFront::Distribution': [['DistributionConfig'], []],
};
/** Attributes by which others refer to a resource. */
const ATTRIBUTES = {
  'AWS::DynamoDB::Table': ['Arn'],
  'AWS::S3::Bucket': ['Arn', 'RegionalDomainName'],
  'AWS::CloudFront::Distribution': ['DomainName'],
};
const PSEUDO = ['AWS::AccountId', 'AWS::Partition', 'AWS::Region', 'AWS::StackName', 'AWS::URLSuffix'];
const SECTIONS = ['AWSTemplateFormatVersion', 'Transform', 'Description', 'Parameters', 'Globals', 'Resources', 'Outputs'];
/** The only action that IAM does not restrict to resources. */
const UNRESTRICTED = 'chime:CreateMeeting';

/** Every object in a value, itself included. */
function* objectsIn(value) {
  if (typeof value !== 'object' || value === null) return;
  yield value;
  for (const inner of Object.values(value)) yield* objectsIn(inner);
}

describe('the template of the serverless testbed', () => {
  let template;
  let functions;
  const ofType = (type) => Object.entries(template.Resources).filter(([, { Type }]) => Type === type);

  before(async () => {
    template = await readTemplate();
    functions = ofType('AWS::Serverless::Function');
  });

  it('should have the sections, types and properties that there are', () => {
    for (const section of Object.keys(template)) assert.ok(SECTIONS.includes(section), section);
    assert.equal(template.Transform, 'AWS::Serverless-2016-10-31');
    for (const [name, { Type, Properties = {} }] of Object.entries(template.Resources)) {
      assert.match(name, /^[A-Za-z0-9]+$/);
      const [required, others] = PROPERTIES[Type] ?? assert.fail(`${name}: ${Type}`);
      for (const property of required) assert.ok(property in Properties, `${name} needs ${property}`);
      for (const property of Object.keys(Properties)) assert.ok([...required, ...others].includes(property), `${name}: ${property}`);
    }
    for (const property of Object.keys(template.Globals.Function)) assert.ok(PROPERTIES['AWS::Serverless::Function'][1].includes(property), property);
  });

  it('should refer to what it has', () => {
    const known = [...Object.keys(template.Parameters), ...Object.keys(template.Resources), ...PSEUDO];
    const checkAttribute = (name, attribute) => assert.ok(ATTRIBUTES[template.Resources[name]?.Type]?.includes(attribute), `${name}.${attribute}`);
    let references = 0;
    for (const object of objectsIn(template)) {
      const [[key, value] = [], ...rest] = Object.entries(object);
      if (rest.length || (key !== 'Ref' && !key?.startsWith('Fn::'))) continue;
      references += 1;
      if (key === 'Ref') assert.ok(known.includes(value), value);
      else if (key === 'Fn::GetAtt') checkAttribute(...value);
      else if (key === 'Fn::Sub') {
        for (const [, name] of value.matchAll(/\$\{([^}]+)\}/g)) {
          if (name.includes('.')) checkAttribute(...name.split('.'));
          else assert.ok(known.includes(name), name);
        }
      } else assert.fail(key);
    }
    assert.ok(references > 20, `${references} references`);
  });

  it('should route each request to a function that there is', async () => {
    const handlers = await loadHandlers({ template, dynamoUrl: 'http://127.0.0.1:1', chimeUrl: 'http://127.0.0.1:1' });
    const routes = routesOf(template);
    assert.equal(new Set(routes.map(({ method, path }) => `${method} ${path}`)).size, routes.length);
    assert.deepEqual(routes.map(({ handler }) => handler).sort(), Object.keys(handlers).sort());
    for (const [name, { Properties }] of functions) {
      assert.match(Properties.Handler, /^handlers\.\w+$/);
      for (const { Type, Properties: { ApiId, Method } } of Object.values(Properties.Events)) {
        assert.deepEqual([Type, ApiId], ['HttpApi', { Ref: 'Api' }], name);
        assert.match(Method, /^(GET|POST|DELETE)$/);
      }
    }
  });

  it('should pack files that need nothing but Node and the AWS SDK, which the runtime has', async () => {
    assert.match(template.Globals.Function.Runtime, /^nodejs2[24]\.x$/);
    const files = (await readdir(FOLDER)).filter((name) => name !== 'template.json');
    for (const name of files) {
      assert.match(name, /\.mjs$/);
      const text = await readFile(join(FOLDER, name), 'utf8');
      for (const [, wanted] of text.matchAll(/from '([^']+)'/g)) {
        const isThere = wanted.startsWith('./') ? files.includes(wanted.slice(2)) : wanted.startsWith('@aws-sdk/client-') || builtinModules.includes(wanted.replace('node:', ''));
        assert.ok(isThere, `${name} imports ${wanted}`);
      }
    }
  });

  it('should name the keys of its tables, and let items expire', () => {
    const tables = ofType('AWS::DynamoDB::Table');
    assert.equal(tables.length, 2);
    for (const [name, { Properties }] of tables) {
      const keys = Properties.KeySchema.map(({ AttributeName }) => AttributeName);
      assert.deepEqual(Properties.AttributeDefinitions.map(({ AttributeName }) => AttributeName), keys, name);
      assert.deepEqual(Properties.KeySchema.map(({ KeyType }) => KeyType), ['HASH', 'RANGE'].slice(0, keys.length), name);
      assert.deepEqual(Properties.TimeToLiveSpecification, { AttributeName: 'expiresAt', Enabled: true }, name);
      assert.equal(Properties.BillingMode, 'PAY_PER_REQUEST', name);
    }
  });

  it('should allow single actions on its own resources only', () => {
    for (const [name, { Properties }] of functions) {
      for (const { Effect, Action, Resource } of Properties.Policies.flatMap(({ Statement }) => Statement)) {
        assert.equal(Effect, 'Allow');
        for (const action of Action) assert.match(action, /^(dynamodb|chime):[A-Z]\w+$/, name);
        if (Resource === '*') assert.deepEqual(Action, [UNRESTRICTED], name);
        else assert.ok('Fn::GetAtt' in Resource || Resource['Fn::Sub'].startsWith('arn:${AWS::Partition}:chime::${AWS::AccountId}:meeting/'), name);
      }
    }
  });

  it('should keep the bucket to the site, and the API to pages of the site', () => {
    const [[, { Properties: bucket }]] = ofType('AWS::S3::Bucket');
    assert.deepEqual(new Set(Object.values(bucket.PublicAccessBlockConfiguration)), new Set([true]));
    const [[, { Properties: policy }]] = ofType('AWS::S3::BucketPolicy');
    for (const { Principal, Action, Condition } of policy.PolicyDocument.Statement) {
      assert.deepEqual([Principal, Action], [{ Service: 'cloudfront.amazonaws.com' }, 's3:GetObject']);
      assert.match(Condition.StringEquals['AWS:SourceArn']['Fn::Sub'], /distribution\/\$\{Site\}$/);
    }
    const { CorsConfiguration, DefaultRouteSettings } = template.Resources.Api.Properties;
    assert.deepEqual(CorsConfiguration.AllowOrigins, [{ 'Fn::Sub': 'https://${Site.DomainName}' }]);
    assert.ok(DefaultRouteSettings.ThrottlingRateLimit <= 50, 'a crowd costs no more than it may');
    assert.equal(template.Resources.Site.Properties.DistributionConfig.DefaultCacheBehavior.ViewerProtocolPolicy, 'redirect-to-https');
  });

  it('should hold no secret, nor ask for one', () => {
    assert.deepEqual(Object.keys(template.Parameters), ['MeetingRegion']);
    assert.doesNotMatch(JSON.stringify(template), /AKIA|secret|password|NoEcho/i);
    assert.deepEqual(Object.keys(template.Globals.Function.Environment.Variables).sort(), ['ATTENDEES_TABLE', 'MEETINGS_TABLE', 'MEETING_REGION']);
  });
});
