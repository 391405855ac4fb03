package org.bascule.web.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.io.StringWriter;
import java.time.Instant;
import java.util.List;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.logbook.Logbook;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.transparency.TreeExport;
import org.bascule.wire.log.TreeHead;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A tree is written in steps, and the right to read it is asked for before each. */
class TreeFileTest {

    private static final Caller CALLER = new Caller("u", "Anna", "d", "D", "192.0.2.7", null, null);
    private static final int STEPS = 3;

    /** Two steps of sealed records, and three of those in no tree. */
    private final TreeHead head = new TreeHead(
            "018f0000-0000-7000-8000-000000000001",
            TreeExport.STEP + 1L,
            new byte[32],
            Instant.EPOCH,
            "kid",
            new byte[64]);

    private final TreeExport export = new TreeExport() {
        @Override
        public String header(TreeHead at) {
            return "header";
        }

        @Override
        public List<String> lines(String tree, long from, long end) {
            return List.of("sealed from " + from);
        }

        @Override
        public List<String> installationLines(String domainId, long from, long end) {
            return List.of("installation from " + from);
        }

        @Override
        public Unsealed unsealed(String tree, @Nullable Position after) {
            int step = after == null ? 0 : Integer.parseInt(after.id());
            return new Unsealed(
                    List.of("unsealed " + step),
                    step + 1 == STEPS ? null : new Position(Instant.EPOCH, Integer.toString(step + 1)));
        }
    };

    private final StringWriter out = new StringWriter();

    /** Of somebody whose right is taken away after so many questions. */
    private TreeFile file(int granted) {
        return new TreeFile(
                new Logbook() {
                    private int asked;

                    @Override
                    public void requireReader(Caller caller) throws RefusedException {
                        asked++;
                        if (asked > granted) {
                            throw RefusedException.forbidden();
                        }
                    }
                },
                export,
                CALLER);
    }

    @Test
    void endSaysHowManyLinesThereWere() throws Exception {
        file(Integer.MAX_VALUE).domain(out, head);
        assertThat(out.toString().lines())
                .containsExactly(
                        "header",
                        "sealed from 0",
                        "sealed from 1000",
                        "unsealed 0",
                        "unsealed 1",
                        "unsealed 2",
                        TreeExport.end(6));
    }

    @Test
    void rightThatIsWithdrawnEndsItBeforeTheNextStep() throws IOException {
        List<String> steps = List.of("sealed from 0", "sealed from 1000", "unsealed 0", "unsealed 1", "unsealed 2");
        for (int granted = 0; granted < steps.size(); granted++) {
            out.getBuffer().setLength(0);
            int allowed = granted;
            assertThatExceptionOfType(RefusedException.class)
                    .as("after %d steps", granted)
                    .isThrownBy(() -> file(allowed).domain(out, head));
            assertThat(out.toString().lines().skip(1))
                    .as("after %d steps", granted)
                    .containsExactlyElementsOf(steps.subList(0, granted));
        }
    }

    @Test
    void soItIsForTheTreeOfTheInstallation() {
        assertThatExceptionOfType(RefusedException.class).isThrownBy(() -> file(1).installation(out, head));
        assertThat(out.toString().lines()).containsExactly("header", "installation from 0");
    }
}
