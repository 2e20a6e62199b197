// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The mailseal authors
// Has mailauth judge the witnesses of witnesses.py against the lab's resolver, and compares.
//
//     node confirm.mjs WITNESSES ADDRESS@PORT
import {readFileSync} from 'node:fs';
import dns from 'node:dns';
import {authenticate} from 'mailauth';

const SHORT_KEY_BITS = 512;
const NULL_SENDER = '';

// Where the two read a record in different ways, and why.
const EXPLAINED = {
    'dmarc-duplicate-tag.org': 'p stands twice: RFC 6376 3.2 voids the whole list; mailauth takes the last',
    'dmarc-leading-space.org': 'RFC 9989 4.7: a record begins with its version; mailauth passes over the space',
    'spf-leading-space.org': 'RFC 7208 4.5: a record begins with its version; mailauth passes over the space',
    'spf-ip6-in-ip4.org': 'RFC 7208 5.6: an IPv6 address in ip4 is a syntax error; mailauth passes over the term',
};

const [, , path, place] = process.argv;
const resolver = new dns.promises.Resolver({timeout: 10000, tries: 2});
const [address, port] = place.split('@');
resolver.setServers([`${address}:${port}`]);

// The same names are asked by hundreds of witnesses.
const known = new Map();
function ask(name, type) {
    const key = `${name} ${type}`;
    if (!known.has(key)) known.set(key, resolver.resolve(name, type));
    return known.get(key);
}

function valueOf(type, text) {
    if (type === 'TXT') return [text];
    if (type !== 'MX') return text;
    const [priority, exchange] = text.split(' ');
    return {priority: Number(priority), exchange};
}

// What the stranger publishes stands in front of the lab.
function resolverWith(assumed) {
    const records = new Map();
    for (const line of assumed.split('\n').filter(Boolean)) {
        const [name, type, ...rest] = line.split(' ');
        const key = `${name} ${type}`;
        records.set(key, [...(records.get(key) || []), valueOf(type, rest.join(' '))]);
    }
    return (name, type) => {
        const own = records.get(`${name.toLowerCase().replace(/\.$/, '')} ${type}`);
        return own ? Promise.resolve(own) : ask(name, type);
    };
}

async function judge(row) {
    const {spf, dmarc} = await authenticate(Buffer.from(row.message), {
        ip: row.ip, helo: row.helo, sender: row.mail_from || NULL_SENDER, mta: 'lab.example', trustReceived: false,
        resolver: resolverWith(row.assumed), disableBimi: true, disableArc: true,
        minBitLength: row.receivers === 'before-rfc8301' ? SHORT_KEY_BITS : undefined,
    });
    const result = dmarc?.status?.result || 'none';
    return {spf: spf?.status?.result, dmarc: result, disposition: result === 'fail' ? dmarc.policy : 'none'};
}

const rows = readFileSync(path, 'utf8').split('\n').filter(Boolean).map(line => JSON.parse(line));
const tally = {};
const different = [];
let confirmed = 0;
let older = 0;
for (const row of rows) {
    if (row.receivers === 'rfc7489') {
        older++;
        continue;
    }
    const peer = await judge(row);
    const wrong = ['spf', 'dmarc', 'disposition'].filter(what => peer[what] !== row[what]);
    const key = `${row.vector} ${row.verdict}`;
    tally[key] ??= [0, 0];
    tally[key][wrong.length > 0 ? 1 : 0]++;
    confirmed += wrong.length === 0;
    if (wrong.length > 0) different.push({row, peer, wrong});
}
for (const [key, [same, other]] of Object.entries(tally).sort()) {
    console.log(`${key.padEnd(32)} ${String(same).padStart(5)} confirmed${other ? `, ${other} not` : ''}`);
}
let unexplained = 0;
for (const {row, peer, wrong} of different) {
    const say = wrong.map(what => `${what} ${row[what]}, mailauth ${peer[what]}`).join('; ');
    const why = EXPLAINED[row.domain];
    unexplained += !why;
    console.log(`different: ${row.domain} ${row.vector} (${row.verdict}): ${say}: ${why || 'NOT EXPLAINED'}`);
}
console.log(`${older} witnesses are about receivers of RFC 7489, which mailauth is not`);
console.log(`${different.length - unexplained} differences are explained, ${unexplained} are not`);
console.log(`peers: ${confirmed} of ${rows.length - older} witnesses confirmed by mailauth`);
process.exitCode = unexplained > 0 || confirmed === 0 ? 1 : 0;
