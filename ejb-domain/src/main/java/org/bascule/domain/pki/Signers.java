package org.bascule.domain.pki;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Instant;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.wire.B64;
import org.bascule.wire.control.ControlTranscript;
import org.bascule.wire.log.TreeHead;
import org.bascule.wire.registry.RelayList;
import org.bascule.wire.relay.ProbeToken;
import org.bascule.wire.relay.RelayToken;
import org.bascule.wire.ticket.Ticket;

/** Signs what leaves the access server. Nothing before the key set is in force: nobody could verify it. */
@ApplicationScoped
public class Signers {

    @Inject
    Installation installation;

    /** The signed text of a ticket. */
    public String sign(Ticket ticket) throws RefusedException {
        return ticket.sign(keys().ticket());
    }

    /** The signed text of a relay token. */
    public String sign(RelayToken token) throws RefusedException {
        return token.sign(keys().relayToken());
    }

    /** The signed text of leave to measure relays. */
    public String sign(ProbeToken token) throws RefusedException {
        return token.sign(keys().relayToken());
    }

    /** The signed text of a list of relays for agents. */
    public String sign(RelayList list) throws RefusedException {
        return list.sign(keys().control());
    }

    /** The server's half of the mutual proof on a control channel. */
    public ControlProof prove(ControlTranscript transcript, Instant time) throws RefusedException {
        var key = keys().control();
        return new ControlProof(key.publicKey().kid(), key.sign(transcript.forServer(time)));
    }

    /** A signed head of a tree of the transparency log. */
    public TreeHead treeHead(String tree, long size, byte[] root, Instant time) throws RefusedException {
        return TreeHead.sign(tree, size, root, time, keys().log());
    }

    /** The pseudonym of a domain towards relays. */
    public String relayTag(String domainId) {
        return B64.encode(installation.keys().master().tag(domainId));
    }

    private LoadedKeys keys() throws RefusedException {
        installation.requireKeySet();
        return installation.keys();
    }

    /** Key id and 64-byte signature. */
    public record ControlProof(String kid, byte[] signature) {}
}
