package org.bascule.agent.consent.dialog;

import jakarta.json.JsonObject;
import java.awt.BorderLayout;
import java.awt.Dimension;
import java.awt.FlowLayout;
import java.awt.Font;
import java.awt.GridBagConstraints;
import java.awt.GridBagLayout;
import java.awt.Insets;
import java.awt.event.WindowAdapter;
import java.awt.event.WindowEvent;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.swing.BorderFactory;
import javax.swing.JButton;
import javax.swing.JCheckBox;
import javax.swing.JComponent;
import javax.swing.JFrame;
import javax.swing.JLabel;
import javax.swing.JPanel;
import javax.swing.JScrollPane;
import javax.swing.JTextArea;
import javax.swing.SwingUtilities;
import javax.swing.Timer;
import javax.swing.WindowConstants;
import org.bascule.wire.Json;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;

/**
 * The programme of the dialog: reads one question from standard input, shows it, and prints the answer; ends when its standard input does.
 *
 * <pre>
 * in   {"user","from","reason"?,"operations":[…],"seconds"}
 * out  {"operations":[…]}  or  {"refused":true}
 * </pre>
 */
public final class ConsentDialog {

    /** Whoever was just typing or clicking at something else has not answered. */
    static final int UNREADY_MILLIS = 1_000;

    private static final int MAX_QUESTION = 16 * 1_024;
    private static final String HTML_DISABLE = "html.disable";

    private final DialogText text = new DialogText(Locale.getDefault());
    private final PrintStream out;
    private final Map<String, JCheckBox> tools = new LinkedHashMap<>();
    private final JButton grant = plain(new JButton(text.of("grant")));
    private final JLabel left = plain(new JLabel());
    private final JFrame frame = new JFrame(text.of("title"));
    private final long end;
    private final long ready = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(UNREADY_MILLIS);

    private ConsentDialog(StrictJson question, PrintStream out) throws WireException {
        this.out = out;
        this.end = System.nanoTime() + TimeUnit.SECONDS.toNanos(question.number("seconds", 0, 3_600));
        for (String operation : question.strings("operations", 16, 128)) {
            tools.put(operation, plain(new JCheckBox(text.operation(operation), true)));
        }
        build(
                question.string("user", 256),
                question.text("from", 64),
                question.optionalString("reason", 500).orElse(text.of("none")));
    }

    public static void main(String[] arguments) throws IOException, WireException {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        String line = in.readLine();
        if (line == null) {
            return;
        }
        StrictJson question = StrictJson.parse(line, MAX_QUESTION);
        SwingUtilities.invokeLater(() -> show(question, out));
        // the agent closes it when the question was answered elsewhere
        while (in.read() >= 0) {
            Thread.onSpinWait();
        }
        System.exit(0);
    }

    private static void show(StrictJson question, PrintStream out) {
        try {
            new ConsentDialog(question, out).frame.setVisible(true);
        } catch (WireException e) {
            System.exit(1);
        }
    }

    private void build(String user, String from, String reason) {
        JPanel facts = new JPanel(new GridBagLayout());
        row(facts, 0, "user", area(user));
        row(facts, 1, "from", area(from));
        row(facts, 2, "reason", area(reason));
        JPanel boxes = new JPanel();
        boxes.setLayout(new javax.swing.BoxLayout(boxes, javax.swing.BoxLayout.Y_AXIS));
        tools.values().forEach(box -> {
            box.addActionListener(event -> tick());
            boxes.add(box);
        });
        row(facts, 3, "tools", boxes);

        JLabel heading = plain(new JLabel(text.of("heading")));
        heading.setFont(
                heading.getFont().deriveFont(Font.BOLD, heading.getFont().getSize2D() * 1.25f));
        JButton refuse = plain(new JButton(text.of("refuse")));
        refuse.addActionListener(event -> answer(Optional.empty()));
        grant.setEnabled(false);
        grant.addActionListener(event -> answer(Optional.of(chosen())));
        JPanel buttons = new JPanel(new FlowLayout(FlowLayout.TRAILING));
        buttons.add(refuse);
        buttons.add(grant);

        JPanel content = new JPanel(new BorderLayout(8, 12));
        content.setBorder(BorderFactory.createEmptyBorder(16, 16, 12, 16));
        content.add(heading, BorderLayout.NORTH);
        content.add(new JScrollPane(facts), BorderLayout.CENTER);
        JPanel foot = new JPanel(new BorderLayout(8, 4));
        foot.add(left, BorderLayout.NORTH);
        foot.add(buttons, BorderLayout.SOUTH);
        content.add(foot, BorderLayout.SOUTH);
        frame.setContentPane(content);
        frame.setDefaultCloseOperation(WindowConstants.DO_NOTHING_ON_CLOSE);
        frame.addWindowListener(new WindowAdapter() {
            @Override
            public void windowClosing(WindowEvent event) {
                answer(Optional.empty());
            }

            @Override
            public void windowOpened(WindowEvent event) {
                // not the button that grants
                refuse.requestFocusInWindow();
            }
        });
        frame.setAlwaysOnTop(true);
        frame.setMinimumSize(new Dimension(420, 300));
        tick();
        frame.pack();
        frame.setLocationRelativeTo(null);
        new Timer(250, event -> tick()).start();
    }

    /** Swing takes text that begins with a tag for HTML, unless it is told not to. */
    private static <T extends JComponent> T plain(T component) {
        component.putClientProperty(HTML_DISABLE, Boolean.TRUE);
        return component;
    }

    private static JTextArea area(String said) {
        JTextArea area = plain(new JTextArea(DialogText.inert(said)));
        area.setEditable(false);
        area.setLineWrap(true);
        area.setWrapStyleWord(true);
        area.setColumns(32);
        area.setOpaque(false);
        return area;
    }

    private void row(JPanel facts, int index, String key, JComponent value) {
        GridBagConstraints place = new GridBagConstraints();
        place.gridy = index;
        place.insets = new Insets(4, 8, 4, 8);
        place.anchor = GridBagConstraints.FIRST_LINE_START;
        JLabel label = plain(new JLabel(text.of(key)));
        label.setLabelFor(value);
        facts.add(label, place);
        place.gridx = 1;
        place.weightx = 1;
        place.fill = GridBagConstraints.HORIZONTAL;
        facts.add(value, place);
    }

    private List<String> chosen() {
        return tools.entrySet().stream()
                .filter(entry -> entry.getValue().isSelected())
                .map(Map.Entry::getKey)
                .toList();
    }

    private void tick() {
        long now = System.nanoTime();
        long seconds = Math.max(0, TimeUnit.NANOSECONDS.toSeconds(end - now + 999_999_999));
        left.setText(text.of("left").formatted(seconds));
        grant.setEnabled(now >= ready && !chosen().isEmpty());
        if (now >= end) {
            System.exit(0);
        }
    }

    private void answer(Optional<List<String>> granted) {
        JsonObject answer = granted.filter(operations -> !operations.isEmpty())
                .map(operations -> Json.createObjectBuilder()
                        .add("operations", Json.createArrayBuilder(operations))
                        .build())
                .orElseGet(() -> Json.createObjectBuilder().add("refused", true).build());
        out.println(answer);
        frame.dispose();
        System.exit(0);
    }
}
