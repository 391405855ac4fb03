package org.bascule.relay.pairing;

/** Who is here without an accepted proof, which takes two round trips. */
interface Stranger {

    /** A network address. */
    String address();

    /** Others need the place: the connection ends, unless it has proved itself meanwhile. */
    void giveWay();
}
