package org.bascule.websocket.address;

/** Who is here without an accepted proof, which takes a round trip or two. */
public interface Stranger {

    /** A network address. */
    String address();

    /** Others need the place: the connection ends, unless it has proved itself meanwhile. */
    void giveWay();
}
