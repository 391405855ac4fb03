package org.bascule.web.agent;

import java.util.concurrent.atomic.AtomicBoolean;
import org.bascule.domain.device.DeviceChannel;
import org.bascule.web.socket.Outgoing;
import org.bascule.websocket.CloseCode;
import org.bascule.websocket.address.Stranger;
import org.bascule.websocket.address.Strangers;
import org.bascule.wire.control.ChannelMessage;
import org.bascule.wire.control.ControlMessage;

/** One agent's socket for the domain. It counts among the strangers until the domain welcomes it. */
final class AgentChannel implements DeviceChannel, Stranger {

    private static final int MAX_DETAIL = 300;

    private final Outgoing outgoing;
    private final String address;
    private final Strangers strangers;
    private final AtomicBoolean stranger = new AtomicBoolean(true);

    AgentChannel(Outgoing outgoing, String address, Strangers strangers) {
        this.outgoing = outgoing;
        this.address = address;
        this.strangers = strangers;
    }

    @Override
    public void send(ControlMessage message) {
        if (message instanceof ChannelMessage.Welcome) {
            known();
            // what takes time is handed over
            outgoing.stayOnEventLoop();
        }
        outgoing.send(message.toJson());
    }

    @Override
    public void close(String code, String detail) {
        String shown = detail.length() > MAX_DETAIL ? detail.substring(0, MAX_DETAIL) : detail;
        outgoing.send(new ChannelMessage.Refusal(code, shown).toJson());
        outgoing.close(CloseCode.VIOLATED_POLICY, code);
    }

    @Override
    public String address() {
        return address;
    }

    boolean isStranger() {
        return stranger.get();
    }

    void tooLong() {
        outgoing.close(CloseCode.TOO_BIG, "the message is too long");
    }

    void gone() {
        known();
        outgoing.gone();
    }

    private void known() {
        if (stranger.compareAndSet(true, false)) {
            strangers.leave(this);
        }
    }

    /** Too many are here who have not said who they are. */
    void refuse() {
        if (stranger.compareAndSet(true, false)) {
            outgoing.send(new ChannelMessage.Refusal("busy", "Too many connections; try again later.").toJson());
            outgoing.dismiss(CloseCode.TRY_AGAIN_LATER, "busy");
        }
    }

    @Override
    public void giveWay() {
        refuse();
    }
}
