package org.bascule.control.server;

/**
 * One thing of the directory that a reference named.
 *
 * @param id hostile text, as everything of a server
 * @param place for people: where it is; may be empty
 */
public record Thing(Kind kind, String id, String place) {

    /** Its address below the server. */
    public String path() {
        return kind.path() + "/" + Http.encode(id);
    }
}
