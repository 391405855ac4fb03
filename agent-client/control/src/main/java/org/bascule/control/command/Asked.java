package org.bascule.control.command;

import picocli.CommandLine.Option;

/** Whether somebody has confirmed already. */
final class Asked {

    @Option(names = "--yes", description = "do not ask")
    private boolean yes;

    boolean yes() {
        return yes;
    }
}
