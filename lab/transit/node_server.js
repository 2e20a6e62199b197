// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The mailseal authors
// A mail server with the TLS of the Node.js that runs it, old or new: node_server.js ADDRESS NAME PEM KIND [DH-PARAMETERS]
'use strict';
var fs = require('fs');
var net = require('net');
var tls = require('tls');

// museum: Node.js 0.12 with --enable-ssl2 --enable-ssl3; attic: Node.js 4; the others: Node.js 24 and later.
var KINDS = {
  museum: { secureProtocol: 'SSLv23_method', ciphers: 'ALL:COMPLEMENTOFALL', ecdhCurve: 'secp160r1' },
  attic: { ciphers: 'DEFAULT' },
  kem: { ecdhCurve: 'X25519MLKEM768:SecP256r1MLKEM768:SecP384r1MLKEM1024:X25519:P-256' },
  pqonly: { ecdhCurve: 'X25519MLKEM768', minVersion: 'TLSv1.3' },
};

function options(pem, kind, dhparam) {
  var found = KINDS[kind];
  found.key = found.cert = fs.readFileSync(pem);
  if (dhparam) {
    found.dhparam = fs.readFileSync(dhparam);
  }
  return found;
}

// Calls answer(line) for each line; what it returns is sent. False ends that.
function converse(socket, answer) {
  var left = '';
  function take(octets) {
    left += octets.toString('binary');
    for (var at = left.indexOf('\n'); at >= 0; at = left.indexOf('\n')) {
      var reply = answer(left.slice(0, at).trim().toUpperCase());
      left = left.slice(at + 1);
      if (reply === false) {
        socket.removeListener('data', take);
        return;
      }
      socket.write(reply);
    }
  }
  socket.on('data', take);
  socket.on('error', function () { socket.destroy(); });
}

function greet(name, line, keyword) {
  return line.slice(0, 4) === 'EHLO' ? '250-' + name + '\r\n250 ' + keyword + '\r\n' : '250 fine\r\n';
}

function startTls(socket, context, name) {
  var secure = new tls.TLSSocket(socket, { isServer: true, secureContext: context });
  converse(secure, function (line) { return greet(name, line, 'SIZE 1000000'); });
  secure.on('_tlsError', function () { socket.destroy(); });
}

function main(address, name, pem, kind, dhparam) {
  var context = tls.createSecureContext(options(pem, kind, dhparam));
  net.createServer(function (socket) {
    socket.write('220 ' + name + ' ESMTP\r\n');
    converse(socket, function (line) {
      if (line !== 'STARTTLS') {
        return greet(name, line, 'STARTTLS');
      }
      socket.write('220 go ahead\r\n');
      startTls(socket, context, name);
      return false;
    });
  }).listen(25, address, function () { console.log('ready'); });
}

main.apply(null, process.argv.slice(2));
