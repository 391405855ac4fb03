package org.bascule.agent.command;

/** Text from a server for a person's terminal: control, format and private-use characters are shown as question marks. */
final class Printable {

    private Printable() {}

    static String of(String text) {
        return text.replaceAll("\\p{C}", "?");
    }
}
