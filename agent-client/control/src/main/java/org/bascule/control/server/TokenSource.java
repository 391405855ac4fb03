package org.bascule.control.server;

import org.bascule.control.CommandException;

/** Where access tokens come from. */
public interface TokenSource {

    /** What the user calls the domain that he is signed in to: never anything that the access server said. */
    String domain();

    /** A token that should be valid now. */
    String token() throws CommandException;

    /** Another one, after the server refused that; fails if there is none. */
    String renewed(String refused) throws CommandException;
}
