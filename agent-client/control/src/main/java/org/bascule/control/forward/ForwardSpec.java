package org.bascule.control.forward;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bascule.control.CommandException;
import org.bascule.control.ExitCode;
import org.bascule.control.Printable;

/**
 * What is forwarded, written as for {@code ssh -L}: {@code 8443:plc-1:443}, {@code 127.0.0.1:8443:plc-1:443}, {@code [::1]:8443:[fe80::7]:443}, {@code 8022:device:22}.
 *
 * @param bind the address to listen at
 * @param localPort 0 for any that is free
 * @param host as typed, without brackets
 */
public record ForwardSpec(String bind, int localPort, String host, int port) {

    public static final String LOOPBACK = "127.0.0.1";

    private static final String HOST = "(\\[[0-9A-Fa-f:.]+\\]|[^\\[\\]:]{1,253})";
    private static final Pattern FORM = Pattern.compile("(?:" + HOST + ":)?([0-9]{1,5}):" + HOST + ":([0-9]{1,5})");

    public static ForwardSpec parse(String text) throws CommandException {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            throw wrong(text);
        }
        return new ForwardSpec(
                Optional.ofNullable(form.group(1)).map(ForwardSpec::bare).orElse(LOOPBACK),
                port(form.group(2), 0, text),
                bare(form.group(3)),
                port(form.group(4), 1, text));
    }

    private static String bare(String host) {
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    private static int port(String digits, int least, String text) throws CommandException {
        int port = Integer.parseInt(digits);
        if (port < least || port > 65_535) {
            throw wrong(text);
        }
        return port;
    }

    private static CommandException wrong(String text) {
        return new CommandException(
                ExitCode.USAGE, "'" + Printable.of(text) + "' is not [BIND:]PORT:HOST:PORT, such as 8443:plc-1:443");
    }
}
