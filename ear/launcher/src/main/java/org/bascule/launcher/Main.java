package org.bascule.launcher;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/**
 * {@code mvn -Pdemo}: starts everything, says how to get in, and runs until Ctrl-C.
 *
 * <p>Exit code 0 after Ctrl-C, 1 if something could not start or a part ended by itself.
 */
public final class Main {

    private static final String USAGE =
            "usage: [--home BUILD-FOLDER] [--folder STATE-FOLDER] [--second-domain] [--no-device]";

    private Main() {}

    /** See {@link #USAGE}. */
    public static void main(String[] arguments) throws InterruptedException {
        Progress output = Progress.to(System.out);
        DemoOptions options;
        try {
            options = parse(arguments).withOutput(output);
        } catch (IllegalArgumentException e) {
            output.line(String.valueOf(e.getMessage()));
            output.line(USAGE);
            System.exit(2);
            return;
        }
        System.exit(run(options, output));
    }

    private static int run(DemoOptions options, Progress output) throws InterruptedException {
        List<Preflight.Finding> findings = Preflight.forDemo(options.home());
        if (!findings.isEmpty()) {
            findings.forEach(finding -> output.line(finding.toString()));
            return 1;
        }
        CountDownLatch stopped = new CountDownLatch(1);
        Thread atEnd = new Thread(stopped::countDown, "demo-interrupted");
        Runtime.getRuntime().addShutdownHook(atEnd);
        try (RunningDemo demo = Demo.start(options)) {
            tell(demo.description(), demo, output);
            String failure = demo.failure().join();
            output.line("");
            output.say(failure);
            return 1;
        } catch (DemoException e) {
            if (stopped.getCount() > 0) {
                output.say("the demo could not start: " + e.getMessage());
            }
            return 1;
        } catch (IOException e) {
            output.say("while stopping: " + e.getMessage());
            return 1;
        }
    }

    static DemoOptions parse(String[] arguments) {
        Path home = Path.of("ear/launcher/target");
        Optional<Path> folder = Optional.empty();
        boolean secondDomain = false;
        boolean device = true;
        Iterator<String> rest = List.of(arguments).iterator();
        while (rest.hasNext()) {
            String argument = rest.next();
            switch (argument) {
                case "--home" -> home = value(argument, rest);
                case "--folder" -> folder = Optional.of(value(argument, rest));
                case "--second-domain" -> secondDomain = true;
                case "--no-device" -> device = false;
                default -> throw new IllegalArgumentException("unknown argument " + argument);
            }
        }
        DemoOptions options = DemoOptions.in(home);
        if (folder.isPresent()) {
            options = options.withFolder(folder.get());
        }
        if (secondDomain) {
            options = options.withSecondDomain();
        }
        return device ? options : options.withoutDevice();
    }

    private static Path value(String argument, Iterator<String> rest) {
        if (!rest.hasNext()) {
            throw new IllegalArgumentException(argument + " needs a value");
        }
        return Path.of(rest.next());
    }

    private static void tell(DemoDescription demo, RunningDemo running, Progress output) {
        output.line("");
        output.line("  Bascule runs.");
        output.line("");
        output.line("  address    " + demo.url() + "/login?domain=" + demo.domain());
        output.line("  domain     " + demo.domain());
        for (DemoUser user : DemoUser.all()) {
            output.line(String.format(
                    "  %-10s %s   %s", user.name(), demo.user(user.name()).password(), user.purpose()));
        }
        output.line("");
        output.line("  Passwords, tokens, ports: " + running.descriptionFile());
        output.line("  Logs:                     " + running.logs());
        output.line("");
        if (demo.devices().isEmpty()) {
            output.line("  Next: sign in as engineer.");
        } else {
            output.line("  Next: sign in as engineer, open the device \""
                    + demo.devices().get(0).name() + "\", Terminal.");
        }
        output.line("  Ctrl-C stops everything; the next start goes on from here.");
        output.line("");
    }
}
