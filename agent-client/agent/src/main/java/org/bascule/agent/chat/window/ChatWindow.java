package org.bascule.agent.chat.window;

import jakarta.json.JsonObject;
import java.awt.BorderLayout;
import java.awt.Dimension;
import java.awt.Font;
import java.awt.Frame;
import java.awt.event.WindowAdapter;
import java.awt.event.WindowEvent;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.FormatStyle;
import java.util.Locale;
import java.util.Optional;
import java.util.ResourceBundle;
import javax.swing.BorderFactory;
import javax.swing.JButton;
import javax.swing.JComponent;
import javax.swing.JFrame;
import javax.swing.JLabel;
import javax.swing.JPanel;
import javax.swing.JScrollPane;
import javax.swing.JTextArea;
import javax.swing.JTextField;
import javax.swing.SwingUtilities;
import javax.swing.WindowConstants;
import org.bascule.session.service.ChatMessage;
import org.bascule.wire.Json;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;

/**
 * The programme of the window: lines of JSON on its standard input and output; ends when its standard input does.
 *
 * <pre>
 * in   {"name"} once, then {"message":{…}}, {"present":true,"over":false}, {"refused":{"code","text"}}
 * out  {"text":"…"}, {"shown":7} when everything up to that message can be read, {"hidden":true} when nothing can
 * </pre>
 */
public final class ChatWindow {

    private static final int MAX_LINE = 4 * ChatMessage.MAX_LINE;
    private static final String HTML_DISABLE = "html.disable";

    private final ResourceBundle texts = ResourceBundle.getBundle(
            "org.bascule.agent.chat.window.texts",
            Locale.getDefault().getLanguage().equals("de") ? Locale.GERMAN : Locale.ROOT,
            ResourceBundle.Control.getNoFallbackControl(ResourceBundle.Control.FORMAT_PROPERTIES));
    private final DateTimeFormatter time =
            DateTimeFormatter.ofLocalizedTime(FormatStyle.SHORT).withZone(ZoneId.systemDefault());
    private final PrintStream out;
    private final String name;
    private final JTextArea messages = plain(new JTextArea());
    private final JTextField field = plain(new JTextField());
    private final JButton send = plain(new JButton(texts.getString("send")));
    private final JLabel status = plain(new JLabel(" "));
    private final JFrame frame;
    private long last;
    private String written = "";

    private ChatWindow(String name, PrintStream out) {
        this.out = out;
        this.name = inert(name);
        this.frame = new JFrame(text("title", this.name));
        build();
    }

    public static void main(String[] arguments) throws IOException, WireException {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        String first = in.readLine();
        if (first == null) {
            return;
        }
        String name = StrictJson.parse(first, MAX_LINE).text("name", 1_000);
        ChatWindow[] window = new ChatWindow[1];
        SwingUtilities.invokeLater(() -> {
            window[0] = new ChatWindow(name, out);
            window[0].frame.setVisible(true);
        });
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            StrictJson said = StrictJson.parse(line, MAX_LINE);
            SwingUtilities.invokeLater(() -> window[0].take(said));
        }
        System.exit(0);
    }

    private void build() {
        messages.setEditable(false);
        messages.setLineWrap(true);
        messages.setWrapStyleWord(true);
        messages.setRows(12);
        messages.setColumns(42);
        messages.getAccessibleContext().setAccessibleName(text("messages", name));
        JLabel heading = plain(new JLabel(text("heading", name)));
        heading.setFont(
                heading.getFont().deriveFont(Font.BOLD, heading.getFont().getSize2D() * 1.15f));
        JLabel label = plain(new JLabel(texts.getString("text")));
        label.setLabelFor(field);
        field.addActionListener(event -> say());
        send.addActionListener(event -> say());
        JPanel line = new JPanel(new BorderLayout(8, 4));
        line.add(label, BorderLayout.NORTH);
        line.add(field, BorderLayout.CENTER);
        line.add(send, BorderLayout.EAST);
        line.add(status, BorderLayout.SOUTH);
        JPanel content = new JPanel(new BorderLayout(8, 10));
        content.setBorder(BorderFactory.createEmptyBorder(12, 12, 12, 12));
        content.add(heading, BorderLayout.NORTH);
        content.add(new JScrollPane(messages), BorderLayout.CENTER);
        content.add(line, BorderLayout.SOUTH);
        frame.setContentPane(content);
        frame.setDefaultCloseOperation(WindowConstants.DO_NOTHING_ON_CLOSE);
        frame.addWindowListener(new WindowAdapter() {
            @Override
            public void windowClosing(WindowEvent event) {
                frame.dispose();
                System.exit(0);
            }

            @Override
            public void windowOpened(WindowEvent event) {
                tellShown();
            }

            @Override
            public void windowDeiconified(WindowEvent event) {
                tellShown();
            }

            @Override
            public void windowIconified(WindowEvent event) {
                print(Json.createObjectBuilder().add("hidden", true).build());
            }
        });
        // whoever types at something else does not type into this
        frame.setAutoRequestFocus(false);
        frame.setAlwaysOnTop(true);
        frame.setMinimumSize(new Dimension(380, 300));
        frame.pack();
        frame.setLocationByPlatform(true);
    }

    /** Swing takes text that begins with a tag for HTML, unless it is told not to. */
    private static <T extends JComponent> T plain(T component) {
        component.putClientProperty(HTML_DISABLE, Boolean.TRUE);
        return component;
    }

    /** Without what turns text round or draws over it. */
    static String inert(String text) {
        return text.replaceAll("[\\p{Cc}\\p{Cf}\\p{Co}\\p{Cn}\\p{Zl}\\p{Zp}]", "\ufffd");
    }

    private String text(String key, String value) {
        return texts.getString(key).replace("{0}", value);
    }

    private void take(StrictJson said) {
        try {
            Optional<ChatMessage> message = ChatMessage.parseEvent(said);
            if (message.isPresent()) {
                show(message.get());
            } else if (said.has("present")) {
                presence(said.optionalFlag("present"), said.optionalFlag("over"));
            } else if (ChatMessage.parseRefusal(said).isPresent()) {
                String code = said.child("refused").string("code", 32);
                String key = "refused." + code;
                status.setText(texts.containsKey(key) ? texts.getString(key) : texts.getString("refused.failed"));
                if (field.getText().isEmpty()) {
                    field.setText(written);
                }
            }
        } catch (WireException e) {
            System.exit(1);
        }
    }

    private void show(ChatMessage message) {
        String who = message.fromDevice() ? texts.getString("here") : name;
        messages.append("%s  %s: %s%n".formatted(time.format(message.time()), who, inert(message.text())));
        messages.setCaretPosition(messages.getDocument().getLength());
        last = message.number();
        if (!message.fromDevice()) {
            frame.setExtendedState(frame.getExtendedState() & ~Frame.ICONIFIED);
            frame.toFront();
        }
        tellShown();
    }

    private void presence(boolean present, boolean over) {
        status.setText(text(present ? "present" : over ? "over" : "away", name));
        field.setEnabled(!over);
        send.setEnabled(!over);
    }

    private void tellShown() {
        if (frame.isShowing() && (frame.getExtendedState() & Frame.ICONIFIED) == 0) {
            print(Json.createObjectBuilder().add("shown", last).build());
        }
    }

    private void say() {
        String text = field.getText().strip();
        if (!text.isEmpty()) {
            print(Json.createObjectBuilder().add("text", text).build());
            written = text;
            field.setText("");
        }
    }

    private void print(JsonObject json) {
        out.println(json);
    }
}
