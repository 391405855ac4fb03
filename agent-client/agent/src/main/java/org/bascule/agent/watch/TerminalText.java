package org.bascule.agent.watch;

import java.util.List;
import org.bascule.agent.watch.TerminalPicture.Step;
import org.bascule.session.service.TerminalSize;

/** The screen of a terminal as text: read on whenever somebody looks, so it costs nothing while nobody does. Thread-safe. */
final class TerminalText {

    /** At one look, however fast more comes: twice what is kept. */
    private static final int MAX_STEPS = 8;

    private final TerminalPicture picture;

    // guarded by this
    private TerminalScreen screen = new TerminalScreen(new TerminalSize(1, 1));
    private TerminalParser parser = new TerminalParser(screen);
    private long position = -1;
    private long sizeTold = -1;

    TerminalText(TerminalPicture picture) {
        this.picture = picture;
    }

    synchronized List<String> lines() {
        Step step = picture.due(position, sizeTold);
        for (int steps = 0; step != null && steps < MAX_STEPS; steps++) {
            if (step.anew()) {
                screen = new TerminalScreen(step.size());
                parser = new TerminalParser(screen);
            } else if (step.resize()) {
                screen.resize(step.size());
            }
            parser.read(step.bytes());
            position = step.to();
            sizeTold = step.resized();
            step = picture.due(position, sizeTold);
        }
        return screen.lines();
    }
}
