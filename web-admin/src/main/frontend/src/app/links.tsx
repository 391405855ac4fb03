import type { AnchorHTMLAttributes } from "react";
import { Link } from "react-router";

/** An anchor that stays inside the application; takes `href`, so that it fits wherever PatternFly expects an `a`. */
export function AppLink({ href, ...rest }: AnchorHTMLAttributes<HTMLAnchorElement>) {
  return <Link to={href ?? "/"} {...rest} />;
}
