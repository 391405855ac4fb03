package org.bascule.system;

import java.awt.Color;
import java.awt.EventQueue;
import java.awt.Frame;
import java.awt.Graphics;
import java.awt.Toolkit;
import java.awt.datatransfer.DataFlavor;
import java.awt.datatransfer.StringSelection;
import java.awt.datatransfer.UnsupportedFlavorException;
import java.awt.event.KeyAdapter;
import java.awt.event.KeyEvent;
import java.awt.event.MouseAdapter;
import java.awt.event.MouseEvent;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.Serial;
import java.nio.charset.StandardCharsets;
import javax.swing.JComponent;

/**
 * A program of somebody on a display: one colour all over, which a click changes from red to green and back. Says on its standard output what mouse and
 * keyboard do, and takes orders: {@code copy TEXT}, {@code paste}, {@code blue}.
 */
final class DisplayedWindow extends JComponent {

    @Serial
    private static final long serialVersionUID = 1;

    private final transient PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    private Color colour = Color.RED;
    private String typed = "";

    private DisplayedWindow() {
        setFocusable(true);
        addMouseListener(new MouseAdapter() {
            @Override
            public void mousePressed(MouseEvent event) {
                show(colour.equals(Color.GREEN) ? Color.RED : Color.GREEN);
                out.println("pressed " + event.getButton() + " " + event.getX() + " " + event.getY());
            }
        });
        addMouseWheelListener(event -> out.println("wheel " + event.getWheelRotation()));
        addKeyListener(new KeyAdapter() {
            @Override
            public void keyTyped(KeyEvent event) {
                typed += event.getKeyChar();
                show(colour);
                out.println("typed " + event.getKeyChar());
            }

            @Override
            public void keyPressed(KeyEvent event) {
                out.println("down " + event.getKeyCode() + " " + event.getModifiersEx());
            }
        });
    }

    private void show(Color next) {
        colour = next;
        paintImmediately(0, 0, getWidth(), getHeight());
        Toolkit.getDefaultToolkit().sync();
    }

    @Override
    protected void paintComponent(Graphics graphics) {
        graphics.setColor(colour);
        graphics.fillRect(0, 0, getWidth(), getHeight());
        graphics.setColor(Color.BLACK);
        graphics.setFont(graphics.getFont().deriveFont(32f));
        graphics.drawString(typed, 40, 120);
    }

    private void order(String line) {
        if (line.startsWith("copy ")) {
            Toolkit.getDefaultToolkit()
                    .getSystemClipboard()
                    .setContents(new StringSelection(line.substring("copy ".length())), null);
        } else if (line.equals("paste")) {
            paste();
        } else if (line.equals("blue")) {
            show(Color.BLUE);
        }
    }

    private void paste() {
        try {
            out.println(
                    "pasted " + Toolkit.getDefaultToolkit().getSystemClipboard().getData(DataFlavor.stringFlavor));
        } catch (UnsupportedFlavorException | IOException | IllegalStateException e) {
            out.println("pasted nothing: " + e);
        }
    }

    public static void main(String[] arguments) throws Exception {
        DisplayedWindow window = new DisplayedWindow();
        EventQueue.invokeAndWait(() -> {
            Frame frame = new Frame();
            frame.setUndecorated(true);
            frame.setBounds(0, 0, Integer.parseInt(arguments[0]), Integer.parseInt(arguments[1]));
            frame.add(window);
            frame.setVisible(true);
            window.requestFocus();
        });
        window.out.println("ready");
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String order = line;
            EventQueue.invokeAndWait(() -> window.order(order));
        }
    }
}
