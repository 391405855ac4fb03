package org.bascule.agent.account;

import java.nio.file.Path;

/** An account of this machine, as its name service gives it. */
public record Account(String name, long uid, long gid, Path home, Path shell) {

    public boolean isRoot() {
        return uid == 0;
    }
}
