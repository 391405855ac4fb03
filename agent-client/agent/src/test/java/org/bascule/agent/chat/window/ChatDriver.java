package org.bascule.agent.chat.window;

import java.awt.Component;
import java.awt.Container;
import java.awt.Frame;
import java.awt.event.WindowEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.swing.AbstractButton;
import javax.swing.JTextArea;
import javax.swing.JTextField;
import javax.swing.SwingUtilities;

/** The window's programme with a person in front of it: {@code answer} sends back what can be read, {@code close} closes it. */
public final class ChatDriver {

    private ChatDriver() {}

    public static void main(String[] what) throws Exception {
        Thread window = new Thread(() -> {
            try {
                ChatWindow.main(new String[0]);
            } catch (Exception e) {
                System.exit(3);
            }
        });
        window.start();
        while (text().isEmpty()) {
            TimeUnit.MILLISECONDS.sleep(50);
        }
        TimeUnit.MILLISECONDS.sleep(500);
        SwingUtilities.invokeAndWait(() -> {
            if (what[0].equals("close")) {
                Frame frame = Frame.getFrames()[0];
                frame.dispatchEvent(new WindowEvent(frame, WindowEvent.WINDOW_CLOSING));
                return;
            }
            JTextField field = (JTextField) all(Frame.getFrames()[0]).stream()
                    .filter(JTextField.class::isInstance)
                    .findFirst()
                    .orElseThrow();
            field.setText(read());
            AbstractButton send = (AbstractButton) all(Frame.getFrames()[0]).stream()
                    .filter(each -> each instanceof AbstractButton button && "Send".equals(button.getText()))
                    .findFirst()
                    .orElseThrow();
            send.doClick();
        });
    }

    private static String text() throws Exception {
        String[] text = {""};
        SwingUtilities.invokeAndWait(() -> text[0] = Frame.getFrames().length == 0 ? "" : read());
        return text[0];
    }

    private static String read() {
        return all(Frame.getFrames()[0]).stream()
                .filter(JTextArea.class::isInstance)
                .map(each -> ((JTextArea) each).getText().strip())
                .findFirst()
                .orElse("");
    }

    private static List<Component> all(Container in) {
        List<Component> found = new ArrayList<>();
        for (Component each : in.getComponents()) {
            found.add(each);
            if (each instanceof Container container) {
                found.addAll(all(container));
            }
        }
        return found;
    }
}
