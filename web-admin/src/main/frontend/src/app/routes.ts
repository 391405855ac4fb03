/** The route whose loader brings the module of the terminal, for the page around it. */
export const TERMINAL_ROUTE = "terminal";
