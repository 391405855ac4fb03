package org.bascule.relay;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a pair costs that does nothing, and one whose receiver takes nothing: heap after a collection, and resident memory. */
final class Memory {

    private static final Pattern USED = Pattern.compile("used (\\d+)K");

    private Memory() {}

    static void print(Target target, int idle, int stalled) throws Exception {
        List<Target.Ends> pairs = new ArrayList<>();
        Figures before = Figures.of(target);
        for (int i = 0; i < idle; i++) {
            pairs.add(target.connect());
        }
        Figures.of(target).print("an idle pair", before, idle);
        List<Thread> senders = new ArrayList<>();
        AtomicLong sent = new AtomicLong();
        AtomicBoolean over = new AtomicBoolean();
        Figures between = Figures.of(target);
        for (Target.Ends ends : pairs.subList(0, stalled)) {
            byte[] wire = ends.a().wire(new byte[1 << 16]);
            Thread sender = new Thread(() -> {
                try {
                    while (!over.get()) {
                        ends.a().send(wire);
                        sent.addAndGet(wire.length);
                    }
                } catch (IOException e) {
                    // stalled pairs are closed in the end
                }
            });
            sender.setDaemon(true);
            sender.start();
            senders.add(sender);
        }
        long last = -1;
        while (last != sent.get()) {
            last = sent.get();
            TimeUnit.SECONDS.sleep(1);
        }
        Figures.of(target).print("a stalled pair", between, stalled);
        over.set(true);
        for (Target.Ends ends : pairs) {
            ends.close();
        }
    }

    private record Figures(long heap, long resident) {

        static Figures of(Target target) throws IOException, InterruptedException {
            jcmd(target, "GC.run");
            Matcher used = USED.matcher(jcmd(target, "GC.heap_info"));
            return new Figures(used.find() ? Long.parseLong(used.group(1)) : 0, target.resident());
        }

        void print(String what, Figures before, int count) {
            System.out.printf(
                    "%s of %d: heap %d KB, resident %d KB%n",
                    what, count, (heap - before.heap) / count, (resident - before.resident) / count);
        }

        private static String jcmd(Target target, String command) throws IOException, InterruptedException {
            Process process = new ProcessBuilder(
                            "jcmd", String.valueOf(target.process().pid()), command)
                    .redirectErrorStream(true)
                    .start();
            String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            process.waitFor();
            return out;
        }
    }
}
