// How API Gateway and function URLs write the time of a request into an event: as a web server's log does. Pure.

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** `now` is epoch milliseconds -> `10/Jul/2026:19:19:06 +0000` */
export function requestTime(now: number): string {
  const [day = "", time = ""] = new Date(now).toISOString().split("T");
  const [year = "", month = "", date = ""] = day.split("-");
  return `${date}/${MONTHS[Number(month) - 1] ?? ""}/${year}:${time.slice(0, 8)} +0000`;
}
