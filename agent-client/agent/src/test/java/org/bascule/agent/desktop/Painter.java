package org.bascule.agent.desktop;

import java.awt.Color;
import java.awt.EventQueue;
import java.awt.Graphics;
import java.awt.Toolkit;
import java.awt.datatransfer.DataFlavor;
import java.awt.datatransfer.StringSelection;
import java.awt.event.KeyAdapter;
import java.awt.event.KeyEvent;
import java.awt.event.MouseAdapter;
import java.awt.event.MouseEvent;
import java.awt.image.BufferedImage;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import javax.swing.JComponent;

/**
 * Somebody's programme on the display: fills its screen, draws what its standard input says and tells what mouse and keyboard do.
 *
 * <pre>fill RRGGBB x y w h | noise seed x y w h | scroll n | film seconds | copy text | paste</pre>
 */
final class Painter extends JComponent {

    private static final long serialVersionUID = 1L;
    /** Below the banner. */
    private static final int TOP = 64;

    private final transient BufferedImage image;
    private final transient PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);

    private Painter(int width, int height) {
        image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        setSize(width, height);
        addMouseListener(new MouseAdapter() {
            @Override
            public void mousePressed(MouseEvent event) {
                out.println("pressed " + event.getButton() + " " + event.getX() + " " + event.getY());
            }

            @Override
            public void mouseReleased(MouseEvent event) {
                out.println("released " + event.getButton() + " " + event.getX() + " " + event.getY());
            }
        });
        addKeyListener(new KeyAdapter() {
            @Override
            public void keyTyped(KeyEvent event) {
                out.println("typed " + Integer.toHexString(event.getKeyChar()));
            }

            @Override
            public void keyPressed(KeyEvent event) {
                out.println("down " + KeyEvent.getKeyText(event.getKeyCode()));
            }

            @Override
            public void keyReleased(KeyEvent event) {
                out.println("up " + KeyEvent.getKeyText(event.getKeyCode()));
            }
        });
    }

    @Override
    protected void paintComponent(Graphics graphics) {
        graphics.drawImage(image, 0, 0, null);
    }

    private void fill(int rgb, int x, int y, int width, int height) {
        Graphics graphics = image.getGraphics();
        graphics.setColor(new Color(rgb));
        graphics.fillRect(x, y, width, height);
        graphics.dispose();
    }

    private void noise(long seed, int x, int y, int width, int height) {
        Random random = new Random(seed);
        for (int line = y; line < y + height; line++) {
            for (int column = x; column < x + width; column++) {
                image.setRGB(column, line, random.nextInt(0x1000000));
            }
        }
    }

    private void order(String line) {
        String[] words = line.split(" ", -1);
        switch (words[0]) {
            case "fill" ->
                fill(
                        Integer.parseInt(words[1], 16),
                        number(words, 2),
                        number(words, 3),
                        number(words, 4),
                        number(words, 5));
            case "noise" ->
                noise(Long.parseLong(words[1]), number(words, 2), number(words, 3), number(words, 4), number(words, 5));
            case "scroll" -> {
                Graphics graphics = image.getGraphics();
                int by = number(words, 1);
                graphics.copyArea(0, TOP + by, image.getWidth(), image.getHeight() - TOP - by, 0, -by);
                graphics.dispose();
                noise(by, 0, image.getHeight() - by, image.getWidth(), by);
            }
            case "film" -> film(number(words, 1));
            case "copy" ->
                Toolkit.getDefaultToolkit()
                        .getSystemClipboard()
                        .setContents(new StringSelection(line.substring(5).replace("\\n", "\n")), null);
            case "paste" -> paste();
            default -> throw new IllegalArgumentException(line);
        }
        paintImmediately(0, 0, getWidth(), getHeight());
        Toolkit.getDefaultToolkit().sync();
        out.println("done");
    }

    /** 30 frames a second in the middle quarter, number in 24 cells at the top left. */
    private void film(int seconds) {
        int wide = getWidth() / 2;
        int high = getHeight() / 2;
        BufferedImage[] frames = new BufferedImage[12];
        for (int k = 0; k < frames.length; k++) {
            frames[k] = new BufferedImage(wide, high, BufferedImage.TYPE_INT_RGB);
            double t = k * 2 * Math.PI / frames.length;
            for (int y = 0; y < high; y++) {
                for (int x = 0; x < wide; x++) {
                    double a = Math.sin(x * .013 + t) + Math.sin(y * .022 - t);
                    int grain = x * 7_919 + y * 104_729 + k * 15_731 & 15;
                    int value = (int) (128 + 40 * a) + grain;
                    frames[k].setRGB(x, y, value << 16 | 255 - value << 8 | value / 2);
                }
            }
        }
        int[] number = {0};
        javax.swing.Timer timer = new javax.swing.Timer(33, event -> {
            int n = ++number[0];
            if (n > seconds * 30) {
                ((javax.swing.Timer) event.getSource()).stop();
                return;
            }
            Graphics graphics = getGraphics();
            graphics.drawImage(frames[n % frames.length], wide / 2, high / 2, null);
            for (int cell = 0; cell < 24; cell++) {
                graphics.setColor((n >> cell & 1) != 0 ? Color.WHITE : Color.BLACK);
                graphics.fillRect(cell * 16, 0, 16, 16);
            }
            graphics.dispose();
            Toolkit.getDefaultToolkit().sync();
        });
        timer.setCoalesce(true);
        timer.start();
    }

    private void paste() {
        try {
            String text =
                    (String) Toolkit.getDefaultToolkit().getSystemClipboard().getData(DataFlavor.stringFlavor);
            out.println("pasted " + text.replace("\n", "\\n"));
        } catch (Exception e) {
            out.println("pasted nothing: " + e);
        }
    }

    private static int number(String[] words, int index) {
        return Integer.parseInt(words[index]);
    }

    public static void main(String[] arguments) throws Exception {
        int width = Integer.parseInt(arguments[0]);
        int height = Integer.parseInt(arguments[1]);
        Painter painter = new Painter(width, height);
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        EventQueue.invokeAndWait(() -> {
            java.awt.Frame owner = new java.awt.Frame();
            owner.setUndecorated(true);
            owner.setBounds(0, 0, width, height);
            owner.setLayout(null);
            painter.setFocusable(true);
            owner.add(painter);
            owner.setVisible(true);
            painter.requestFocus();
        });
        painter.out.println("ready");
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String order = line;
            EventQueue.invokeAndWait(() -> painter.order(order));
        }
        System.exit(0);
    }
}
