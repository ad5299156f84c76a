import { useEffect, useState } from "react";

/** useCountdown counts down the seconds that began at a moment; 0 when they are over. */
export function useCountdown(seconds: number, from: number): number {
  const [now, setNow] = useState(from);
  useEffect(() => {
    if (seconds <= 0) return;
    const timer = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(timer);
  }, [seconds, from]);
  return Math.max(0, Math.ceil((from + seconds * 1000 - Math.max(now, from)) / 1000));
}
