package org.bascule.agent.display;

import java.nio.file.Path;
import java.util.Optional;
import org.bascule.agent.account.Account;

/**
 * Where something can be shown.
 *
 * @param name as {@code DISPLAY}, such as {@code :0}
 * @param authority as {@code XAUTHORITY}; empty for the account's default
 * @param account whose display it is
 * @param wayland whether X11 is only a guest there: windows can be shown, but the picture is not to be had
 */
public record Display(String name, Optional<Path> authority, Account account, boolean wayland) {

    public Display(String name, Optional<Path> authority, Account account) {
        this(name, authority, account, false);
    }
}
