package org.bascule.agent.consent.dialog;

import java.awt.Component;
import java.awt.Container;
import java.awt.Frame;
import java.awt.Point;
import java.awt.Robot;
import java.awt.event.InputEvent;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.swing.AbstractButton;
import org.jspecify.annotations.Nullable;

/** The dialog's programme with a person in front of it: clicks with the mouse of the display on what it is told, in order. */
public final class DialogDriver {

    /** Followed by a file: see {@link #tellWhere}. */
    static final String WHERE = "where:";

    private DialogDriver() {}

    public static void main(String[] clicks) throws Exception {
        Thread dialog = new Thread(() -> {
            try {
                ConsentDialog.main(new String[0]);
            } catch (Exception e) {
                System.exit(3);
            }
        });
        dialog.start();
        Robot robot = new Robot();
        for (String text : clicks) {
            if (text.startsWith(WHERE)) {
                tellWhere("Allow", Path.of(text.substring(WHERE.length())));
            } else {
                click(robot, text);
            }
        }
    }

    /** Writes where the button is, and waits until the file is gone. */
    private static void tellWhere(String text, Path file) throws Exception {
        AbstractButton button = shown(text);
        Point at = settled(button);
        Path written = Files.writeString(
                Path.of(file + ".new"), (at.x + 8) + " " + (at.y + button.getHeight() / 2), StandardCharsets.US_ASCII);
        Files.move(written, file, StandardCopyOption.ATOMIC_MOVE);
        while (Files.exists(file)) {
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    /** Again while nothing comes of it: what is under the mouse may change at that very moment. */
    private static void click(Robot robot, String text) throws InterruptedException {
        AbstractButton button = shown(text);
        boolean before = button.isSelected();
        while (button.isShowing() && button.isSelected() == before) {
            Point at = settled(button);
            robot.mouseMove(at.x + 8, at.y + button.getHeight() / 2);
            robot.mousePress(InputEvent.BUTTON1_DOWN_MASK);
            robot.mouseRelease(InputEvent.BUTTON1_DOWN_MASK);
            robot.waitForIdle();
            TimeUnit.MILLISECONDS.sleep(500);
        }
    }

    private static AbstractButton shown(String text) throws InterruptedException {
        @Nullable AbstractButton button = button(text);
        while (button == null || !button.isShowing() || !button.isEnabled()) {
            TimeUnit.MILLISECONDS.sleep(20);
            button = button(text);
        }
        return button;
    }

    /** Where it is once the window has its place: it is shown before it is put there. */
    private static Point settled(AbstractButton button) throws InterruptedException {
        Point at = button.getLocationOnScreen();
        for (int same = 0; same < 10; ) {
            TimeUnit.MILLISECONDS.sleep(20);
            Point now = button.getLocationOnScreen();
            same = now.equals(at) ? same + 1 : 0;
            at = now;
        }
        return at;
    }

    private static @Nullable AbstractButton button(String text) {
        for (Frame frame : Frame.getFrames()) {
            for (AbstractButton button : buttons(frame)) {
                if (text.equals(button.getText())) {
                    return button;
                }
            }
        }
        return null;
    }

    private static List<AbstractButton> buttons(Container in) {
        List<AbstractButton> found = new ArrayList<>();
        for (Component each : in.getComponents()) {
            if (each instanceof AbstractButton button) {
                found.add(button);
            }
            if (each instanceof Container container) {
                found.addAll(buttons(container));
            }
        }
        return found;
    }
}
